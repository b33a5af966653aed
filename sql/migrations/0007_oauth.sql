-- Access tokens that were revoked before their time, signing keys that take turns, and keys with which
-- clients sign themselves in.

CREATE TABLE revoked_token (
  jti        VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  expires_at DATETIME(6) NOT NULL COMMENT 'exp of the token: after it the row may go',
  PRIMARY KEY (jti),
  KEY revoked_token_expires (expires_at)
) ENGINE=InnoDB;

ALTER TABLE signing_key
  ADD COLUMN signs_from DATETIME(6) NULL COMMENT 'published since created_at, signs from here on; NULL: from created_at',
  ADD COLUMN ends_at DATETIME(6) NULL COMMENT 'the last token that it signed has ended; NULL: no key follows it yet';

CREATE TABLE client_key (
  client_id  BIGINT UNSIGNED NOT NULL,
  kid        VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'thumbprint (RFC 7638)',
  public_pem VARCHAR(1024) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at DATETIME(6) NOT NULL,
  PRIMARY KEY (client_id, kid),
  CONSTRAINT client_key_client FOREIGN KEY (client_id) REFERENCES api_client (id)
) ENGINE=InnoDB;

CREATE TABLE used_assertion (
  client_id  BIGINT UNSIGNED NOT NULL,
  jti        VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  expires_at DATETIME(6) NOT NULL COMMENT 'after it the assertion is refused anyway',
  PRIMARY KEY (client_id, jti),
  KEY used_assertion_expires (expires_at)
) ENGINE=InnoDB;
