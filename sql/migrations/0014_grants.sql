-- What staff allow apps to do for them: docs/decisions/0008-authorization-code.md

CREATE TABLE consent (
  user_id    BIGINT UNSIGNED NOT NULL,
  client_id  BIGINT UNSIGNED NOT NULL,
  scope      VARCHAR(2000) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'all that the user has allowed the client',
  created_at DATETIME(6) NOT NULL,
  updated_at DATETIME(6) NOT NULL,
  PRIMARY KEY (user_id, client_id),
  KEY consent_client (client_id),
  CONSTRAINT consent_user_fk FOREIGN KEY (user_id) REFERENCES user (id),
  CONSTRAINT consent_client_fk FOREIGN KEY (client_id) REFERENCES api_client (id)
) ENGINE=InnoDB;

CREATE TABLE grant_family (
  id         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  user_id    BIGINT UNSIGNED NOT NULL,
  client_id  BIGINT UNSIGNED NOT NULL,
  scope      VARCHAR(2000) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at DATETIME(6) NOT NULL,
  expires_at DATETIME(6) NOT NULL COMMENT 'absolute limit',
  ended_at   DATETIME(6) NULL COMMENT 'withdrawn, revoked, or a token of it was used twice',
  PRIMARY KEY (id),
  KEY grant_family_user (user_id, client_id),
  KEY grant_family_client (client_id),
  KEY grant_family_expires (expires_at),
  CONSTRAINT grant_family_user_fk FOREIGN KEY (user_id) REFERENCES user (id),
  CONSTRAINT grant_family_client_fk FOREIGN KEY (client_id) REFERENCES api_client (id)
) ENGINE=InnoDB COMMENT 'one for each code that was redeemed: its access and refresh tokens end together';

CREATE TABLE authorization_code (
  code_hash    BINARY(32) NOT NULL COMMENT 'SHA-256; the code itself is nowhere',
  user_id      BIGINT UNSIGNED NOT NULL,
  client_id    BIGINT UNSIGNED NOT NULL,
  scope        VARCHAR(2000) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  redirect_uri VARCHAR(500) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  challenge    VARCHAR(43) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'S256 of the verifier (RFC 7636)',
  expires_at   DATETIME(6) NOT NULL,
  family_id    BIGINT UNSIGNED NULL COMMENT 'what it was redeemed for; NULL: not used yet',
  PRIMARY KEY (code_hash),
  KEY authorization_code_expires (expires_at)
) ENGINE=InnoDB;

CREATE TABLE refresh_token (
  token_hash BINARY(32) NOT NULL COMMENT 'SHA-256; the token itself is nowhere',
  family_id  BIGINT UNSIGNED NOT NULL,
  expires_at DATETIME(6) NOT NULL COMMENT 'idle limit',
  used_at    DATETIME(6) NULL COMMENT 'another took its place: used again, it ends the family',
  PRIMARY KEY (token_hash),
  KEY refresh_token_family (family_id),
  CONSTRAINT refresh_token_family_fk FOREIGN KEY (family_id) REFERENCES grant_family (id) ON DELETE CASCADE
) ENGINE=InnoDB;
