-- Roles of one's own, given everywhere or for one subtree of locations; staff who are invited by a link,
-- and passwords that must be changed.

ALTER TABLE role
  ADD COLUMN version    BIGINT UNSIGNED NOT NULL DEFAULT 1,
  ADD COLUMN created_at DATETIME(6) NOT NULL DEFAULT '2026-01-01 00:00:00',
  ADD COLUMN updated_at DATETIME(6) NOT NULL DEFAULT '2026-01-01 00:00:00',
  MODIFY permissions VARCHAR(4000) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
              COMMENT 'as in an OAuth scope: items:read stock:write ...';

ALTER TABLE role
  ALTER COLUMN created_at DROP DEFAULT,
  ALTER COLUMN updated_at DROP DEFAULT;

-- The same role may be given for several subtrees; NULL: everywhere.
CREATE TABLE user_role_of (
  user_id     BIGINT UNSIGNED NOT NULL,
  role_id     BIGINT UNSIGNED NOT NULL,
  location_id BIGINT UNSIGNED NULL COMMENT 'NULL: everywhere',
  place       BIGINT UNSIGNED AS (COALESCE(location_id, 0)) STORED COMMENT 'so that NULL is unique, too',
  UNIQUE KEY user_role_once (user_id, role_id, place),
  KEY user_role_role (role_id),
  CONSTRAINT user_role_of_user FOREIGN KEY (user_id) REFERENCES user (id),
  CONSTRAINT user_role_of_role FOREIGN KEY (role_id) REFERENCES role (id),
  CONSTRAINT user_role_of_location FOREIGN KEY (location_id) REFERENCES location (id)
) ENGINE=InnoDB;

INSERT INTO user_role_of (user_id, role_id) SELECT user_id, role_id FROM user_role;
DROP TABLE user_role;
RENAME TABLE user_role_of TO user_role;

ALTER TABLE user
  MODIFY password_hash VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
              COMMENT 'argon2id, PHC form; empty: none yet',
  ADD COLUMN password_due TINYINT NOT NULL DEFAULT 0 COMMENT '1: nothing can be done before it is changed',
  ADD KEY user_status (status, name);

-- A link with which somebody chooses a password: one at most for each user.
CREATE TABLE invitation (
  user_id    BIGINT UNSIGNED NOT NULL,
  token_hash BINARY(32) NOT NULL COMMENT 'SHA-256 of what the link holds; that itself is nowhere',
  expires_at DATETIME(6) NOT NULL,
  PRIMARY KEY (user_id),
  UNIQUE KEY invitation_token (token_hash),
  CONSTRAINT invitation_user FOREIGN KEY (user_id) REFERENCES user (id)
) ENGINE=InnoDB;
