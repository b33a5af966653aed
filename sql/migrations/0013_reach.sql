-- Roles that are given, and clients that are kept, within a location and all below it. NULL: everywhere.

ALTER TABLE user_role
  DROP PRIMARY KEY,
  ADD COLUMN id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT FIRST,
  ADD COLUMN location_id BIGINT UNSIGNED NULL,
  ADD COLUMN place BIGINT UNSIGNED AS (COALESCE(location_id, 0)) COMMENT 'so that NULL is unique, too',
  ADD PRIMARY KEY (id),
  ADD UNIQUE KEY user_role_once (user_id, role_id, place),
  ADD CONSTRAINT user_role_location_fk FOREIGN KEY (location_id) REFERENCES location (id);

ALTER TABLE api_client
  ADD COLUMN location_id BIGINT UNSIGNED NULL,
  ADD CONSTRAINT api_client_location_fk FOREIGN KEY (location_id) REFERENCES location (id);
