-- Who may: staff with roles and sessions, API clients, signing keys.

CREATE TABLE role (
  id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  name        VARCHAR(64) NOT NULL,
  permissions VARCHAR(2000) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
              COMMENT 'as in an OAuth scope: items:read stock:write ...',
  built_in    TINYINT NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  UNIQUE KEY role_name (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

INSERT INTO role (name, permissions, built_in) VALUES
  ('administrator', 'items:read items:write locations:read locations:write stock:read stock:write movements:read movements:write ledger:verify users:read users:write clients:read clients:write', 1),
  ('manager',       'items:read items:write locations:read locations:write stock:read stock:write movements:read movements:write ledger:verify', 1),
  ('clerk',         'items:read locations:read stock:read stock:write movements:read movements:write', 1),
  ('viewer',        'items:read locations:read stock:read movements:read', 1);

CREATE TABLE user (
  id            BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  name          VARCHAR(64) NOT NULL COMMENT 'what is typed to sign in',
  display_name  VARCHAR(120) NOT NULL,
  password_hash VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'argon2id, PHC form',
  status        ENUM('active','disabled') NOT NULL DEFAULT 'active',
  version       BIGINT UNSIGNED NOT NULL DEFAULT 1,
  created_at    DATETIME(6) NOT NULL,
  updated_at    DATETIME(6) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY user_name (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE user_role (
  user_id BIGINT UNSIGNED NOT NULL,
  role_id BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (user_id, role_id),
  CONSTRAINT user_role_user_fk FOREIGN KEY (user_id) REFERENCES user (id),
  CONSTRAINT user_role_role_fk FOREIGN KEY (role_id) REFERENCES role (id)
) ENGINE=InnoDB;

CREATE TABLE session (
  token_hash  BINARY(32) NOT NULL COMMENT 'SHA-256 of the cookie''s value; the value itself is nowhere',
  user_id     BIGINT UNSIGNED NOT NULL,
  created_at  DATETIME(6) NOT NULL,
  seen_at     DATETIME(6) NOT NULL COMMENT 'to the minute',
  expires_at  DATETIME(6) NOT NULL COMMENT 'absolute limit',
  PRIMARY KEY (token_hash),
  KEY session_user (user_id),
  KEY session_expires (expires_at),
  CONSTRAINT session_user_fk FOREIGN KEY (user_id) REFERENCES user (id)
) ENGINE=InnoDB;

CREATE TABLE api_client (
  id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  client_id   VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name        VARCHAR(120) NOT NULL,
  secret_hash BINARY(32) NOT NULL COMMENT 'SHA-256; the secret has 256 random bits, so no slow hash is needed',
  scope       VARCHAR(2000) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'the most it may ask for',
  status      ENUM('active','disabled') NOT NULL DEFAULT 'active',
  created_at  DATETIME(6) NOT NULL,
  updated_at  DATETIME(6) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY api_client_client_id (client_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE signing_key (
  kid            VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  algorithm      VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  private_sealed VARBINARY(1024) NOT NULL COMMENT 'PEM, sealed with the master key file that the hosts share',
  public_pem     VARCHAR(1024) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  status         ENUM('active','retired') NOT NULL DEFAULT 'active',
  created_at     DATETIME(6) NOT NULL,
  PRIMARY KEY (kid)
) ENGINE=InnoDB;
