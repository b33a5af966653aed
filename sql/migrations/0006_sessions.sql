-- What staff see of their own sessions: an id that is no secret, where and in what it was begun.

ALTER TABLE session
  ADD COLUMN id      BIGINT UNSIGNED NOT NULL AUTO_INCREMENT FIRST,
  ADD COLUMN address VARCHAR(45) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT ''
                     COMMENT 'from which it was begun',
  ADD COLUMN browser VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT ''
                     COMMENT 'in words of ours',
  ADD UNIQUE KEY session_id (id),
  DROP KEY session_user,
  ADD KEY session_user (user_id, id);
