#include "domain/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define KEY_TEXT_BYTES (2 * SECRET_KEY_BYTES)

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool read_hex(struct str text, unsigned char key[static SECRET_KEY_BYTES])
{
	text = str_trim(text);
	if (text.n != KEY_TEXT_BYTES)
		return false;
	for (size_t i = 0; i < SECRET_KEY_BYTES; i++) {
		int high = hex_digit(text.p[2 * i]), low = hex_digit(text.p[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		key[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

static struct err *no_key(struct arena *a, const char *file, const char *why)
{
	struct err *e = err_new(a, ERR_SETUP, "The signing key cannot be used now.");

	return err_because(e, "master key file %s: %s", file ? file : "(none is configured)", why);
}

struct err *seal_read_key(
	struct arena *a, const char *file, unsigned char key[static SECRET_KEY_BYTES])
{
	char text[KEY_TEXT_BYTES + 16]; /* a line end, and room to see that there is more */
	ssize_t n;
	bool good;
	int fd;

	if (!file || !*file)
		return no_key(a, NULL, "missing");
	fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO is none */
	if (fd < 0)
		return no_key(a, file, strerror(errno));
	n = read(fd, text, sizeof(text));
	close(fd);
	good = n > 0 && read_hex((struct str){text, (size_t)n}, key);
	secret_wipe(text, sizeof(text));
	return good ? NULL : no_key(a, file, "not 64 hexadecimal digits");
}

struct err *seal_close(
	struct arena *a, const char *master_key_file, struct str plain, struct str *sealed)
{
	unsigned char key[SECRET_KEY_BYTES];

	TRY(seal_read_key(a, master_key_file, key));
	*sealed = secret_seal(a, key, plain);
	secret_wipe(key, sizeof(key));
	return NULL;
}

struct err *seal_open(
	struct arena *a, const char *master_key_file, struct str sealed, struct str *plain)
{
	unsigned char key[SECRET_KEY_BYTES];
	bool good;

	TRY(seal_read_key(a, master_key_file, key));
	good = secret_open(a, key, sealed, plain);
	secret_wipe(key, sizeof(key));
	return good ? NULL : no_key(a, master_key_file, "does not fit what was sealed");
}
