-- What an app did for a user names both; and what the configuration of each host was when it was last read.

ALTER TABLE audit_log
  ADD COLUMN app VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'client:3: that acted for the actor' AFTER actor_name,
  ADD KEY audit_log_app (app);

CREATE TABLE host_settings (
  host     VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  file     VARBINARY(1000) NOT NULL COMMENT 'of the configuration',
  settings MEDIUMTEXT NOT NULL COMMENT 'a line each, without secrets',
  noted_at DATETIME(6) NOT NULL,
  PRIMARY KEY (host, file)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
