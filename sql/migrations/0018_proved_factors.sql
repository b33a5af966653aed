-- Whether the provider of single sign-on has proved a second factor goes with the session, and with what apps are given
-- in it. Where to go after a sign-in there may be as long as a form allows.

ALTER TABLE session
  ADD COLUMN second_factor TINYINT NOT NULL DEFAULT 0 COMMENT '1: single sign-on has proved one, or is trusted to have' AFTER sso;
UPDATE session SET second_factor = sso;

ALTER TABLE authorization_code
  ADD COLUMN sso           TINYINT NOT NULL DEFAULT 0 COMMENT 'of the session that allowed it',
  ADD COLUMN second_factor TINYINT NOT NULL DEFAULT 0 COMMENT 'of the session that allowed it';
ALTER TABLE grant_family
  ADD COLUMN sso           TINYINT NOT NULL DEFAULT 0 COMMENT 'of the session that allowed it',
  ADD COLUMN second_factor TINYINT NOT NULL DEFAULT 0 COMMENT 'of the session that allowed it';

ALTER TABLE sso_sign_in
  MODIFY COLUMN target VARCHAR(4096) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'where to go afterwards';
