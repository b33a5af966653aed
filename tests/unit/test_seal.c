/* What is sealed opens with the same master key only; passwords and keyed digests by libsodium. */
#include "tests/unit/unit.h"

#include "domain/password.h"
#include "domain/seal.h"

#define HEX "00112233445566778899aabbccddeeffFFEEDDCCBBAA99887766554433221100"

static const char *key_file(struct arena *a, const char *text)
{
	char *name = arena_printf(
		a, "%s/bincard-key-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	int fd = mkstemp(name);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	return name;
}

static void what_is_sealed_opens_again(void **state)
{
	struct arena *a = *state;
	const char *file = key_file(a, HEX "\n");
	struct str sealed, again, plain;

	assert_null(seal_close(a, file, STR("-----BEGIN PRIVATE KEY-----"), &sealed));
	assert_null(seal_close(a, file, STR("-----BEGIN PRIVATE KEY-----"), &again));
	assert_false(str_eq(sealed, again)); /* a nonce of its own each time */
	assert_null(memmem(sealed.p, sealed.n, "BEGIN", 5));
	assert_null(seal_open(a, file, sealed, &plain));
	assert_str_is(plain, "-----BEGIN PRIVATE KEY-----");
	assert_null(seal_close(a, file, STR(""), &sealed));
	assert_null(seal_open(a, file, sealed, &plain));
	assert_str_is(plain, "");
	unlink(file);
}

static void another_key_or_a_changed_byte_opens_nothing(void **state)
{
	struct arena *a = *state;
	const char *file = key_file(a, HEX);
	const char *other =
		key_file(a, "f0112233445566778899aabbccddeeffffeeddccbbaa99887766554433221100");
	struct str sealed, plain = STR("untouched");
	char *bytes;

	assert_null(seal_close(a, file, STR("secret"), &sealed));
	assert_int_equal(seal_open(a, other, sealed, &plain)->code, ERR_SETUP);
	bytes = arena_copy(a, sealed.p, sealed.n);
	for (size_t i = 0; i < sealed.n; i++) {
		bytes[i] ^= 1;
		assert_non_null(seal_open(a, file, (struct str){bytes, sealed.n}, &plain));
		bytes[i] ^= 1;
	}
	for (size_t n = 0; n < sealed.n; n++)
		assert_non_null(seal_open(a, file, (struct str){bytes, n}, &plain));
	assert_non_null(seal_open(a, file, STR_NONE, &plain));
	assert_str_is(plain, "untouched");
	unlink(file);
	unlink(other);
}

static void the_master_key_is_64_hexadecimal_digits(void **state)
{
	static const char *const wrong[] = {"", "\n", "00", HEX "00",
		"g0112233445566778899aabbccddeeff"
		"ffeeddccbbaa99887766554433221100",
		HEX HEX};
	struct arena *a = *state;
	unsigned char key[SECRET_KEY_BYTES];
	const char *file;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		file = key_file(a, wrong[i]);
		assert_int_equal(seal_read_key(a, file, key)->code, ERR_SETUP);
		unlink(file);
	}
	assert_non_null(seal_read_key(a, "/nonexistent/key", key));
	assert_non_null(seal_read_key(a, NULL, key));
	assert_non_null(seal_read_key(a, "/", key));
	file = key_file(a, "  " HEX "  \r\n");
	assert_null(seal_read_key(a, file, key));
	assert_true(key[0] == 0x00 && key[1] == 0x11 && key[16] == 0xff && key[31] == 0x00);
	unlink(file);
}

/* RFC 4231, test cases 1, 2 and 6 */
static void keyed_digests_are_hmac_sha256(void **state)
{
	struct arena *a = *state;
	unsigned char mac[SECRET_MAC_BYTES];
	char key[131];

	memset(key, 0x0b, 20);
	secret_mac(mac, (struct str){key, 20}, STR("Hi There"));
	assert_str_is(str_hex(a, mac, sizeof(mac)),
		"b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	secret_mac(mac, STR("Jefe"), STR("what do ya want for nothing?"));
	assert_str_is(str_hex(a, mac, sizeof(mac)),
		"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, sizeof(key));
	secret_mac(mac, (struct str){key, sizeof(key)},
		STR("Test Using Larger Than Block-Size Key - Hash Key First"));
	assert_str_is(str_hex(a, mac, sizeof(mac)),
		"60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void passwords_are_argon2id(void **state)
{
	const struct auth_config config = {.argon2_memory_kib = 8192, .argon2_passes = 2};
	const struct auth_config more = {.argon2_memory_kib = 16384, .argon2_passes = 2};
	struct arena *a = *state;
	struct str hash, again;

	assert_null(password_hash(&config, a, STR("a long password"), &hash));
	assert_null(password_hash(&config, a, STR("a long password"), &again));
	assert_true(str_starts(hash, "$argon2id$v=19$m=8192,t=2,p=1$"));
	assert_false(str_eq(hash, again));
	assert_true(password_matches(hash, STR("a long password")));
	assert_false(password_matches(hash, STR("a long password ")));
	assert_false(password_matches(hash, STR("")));
	assert_false(password_matches(hash, STR_NONE));
	assert_false(password_matches(STR(""), STR("")));
	assert_false(password_matches(STR("$argon2id$v=19$m=8192,t=2,p=1$"), STR("")));
	assert_false(password_is_old(&config, hash));
	assert_true(password_is_old(&more, hash));
	assert_true(password_is_old(&config, STR("nonsense")));
}

static bool fits(struct arena *a, struct str password)
{
	struct err *e = NULL;

	password_check(&e, &(struct auth_config){.password_min = 12}, a, password, "/password");
	return !e;
}

static void a_password_is_12_to_1024_characters(void **state)
{
	struct arena *a = *state;
	char text[1025];

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)('a' + i * i % 23); /* not a common one */
	assert_false(fits(a, STR_NONE));
	assert_false(fits(a, STR("")));
	assert_false(fits(a, (struct str){text, 11}));
	assert_true(fits(a, (struct str){text, 12}));
	assert_true(fits(a, (struct str){text, 1024}));
	assert_false(fits(a, (struct str){text, 1025}));
	assert_false(fits(
		a, STR("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"))); /* 6 of 12 bytes */
	assert_false(fits(a, STR("twelve bytes\xff")));
	assert_false(fits(a, STR("twelve\tcharacters")));
}

static void what_is_tried_first_is_no_password(void **state)
{
	static const char *const common[] = {"password1234", "PassWord1234", "qwertyuiop12",
		"123456789012", "aaaaaaaaaaaa", "passwordpassword", "Welcome2025!", "1qaz2wsx3edc",
		"iloveyou1234", "000000000000", "admin1234567", "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"};
	static const char *const good[] = {"correct horse battery", "another long one",
		"paper lamp 7 green", "password of the warehouse", "qwertyuiop and more of it"};
	struct arena *a = *state;
	struct err *e = NULL;

	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++) {
		if (fits(a, str_of(common[i])))
			print_error("%s is taken\n", common[i]);
		assert_false(fits(a, str_of(common[i])));
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(fits(a, str_of(good[i])));
	assert_false(password_is_common(STR_NONE));
	assert_false(password_is_common(STR("")));
	password_check(&e, &(struct auth_config){.password_min = 8}, a, STR("sunshine"), "/p");
	assert_string_equal(e->fields->code, "common");
}

/* It is searched by halves: out of order, some would not be found. */
static void the_list_of_common_passwords_is_in_order(void **state)
{
	static const char *const list[] = {
#include "domain/common_passwords.def"
	};

	(void)state;
	assert_true(sizeof(list) / sizeof(list[0]) > 5000);
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		assert_true(i == 0 || strcmp(list[i - 1], list[i]) < 0);
		assert_true(password_is_common(str_of(list[i])));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(what_is_sealed_opens_again),
		UNIT_TEST(another_key_or_a_changed_byte_opens_nothing),
		UNIT_TEST(the_master_key_is_64_hexadecimal_digits),
		UNIT_TEST(keyed_digests_are_hmac_sha256),
		UNIT_TEST(passwords_are_argon2id),
		UNIT_TEST(a_password_is_12_to_1024_characters),
		UNIT_TEST(what_is_tried_first_is_no_password),
		UNIT_TEST(the_list_of_common_passwords_is_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
