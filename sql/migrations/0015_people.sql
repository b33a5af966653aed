-- Roles of one's own; staff who are invited by a link, and passwords that must be changed.

ALTER TABLE role
  ADD COLUMN version    BIGINT UNSIGNED NOT NULL DEFAULT 1,
  ADD COLUMN created_at DATETIME(6) NOT NULL DEFAULT '2026-01-01 00:00:00',
  ADD COLUMN updated_at DATETIME(6) NOT NULL DEFAULT '2026-01-01 00:00:00',
  MODIFY permissions VARCHAR(4000) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
              COMMENT 'as in an OAuth scope: items:read stock:write ...';

ALTER TABLE role
  ALTER COLUMN created_at DROP DEFAULT,
  ALTER COLUMN updated_at DROP DEFAULT;

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
