-- Who changed what, and who came in: written once, never changed. docs/decisions/0005-audit.md

CREATE TABLE audit_log (
  id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  at          DATETIME(6) NOT NULL,
  actor       VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'user:7, client:3, system, anonymous',
  actor_name  VARCHAR(120) COLLATE utf8mb4_unicode_520_ci NOT NULL COMMENT 'at the time; as typed of a sign-in that failed',
  resource    VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'item, user, session, ...',
  resource_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  action      VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'created, updated, signed_in, ...',
  address     VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'NULL: the command line',
  request_id  VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  changes     MEDIUMTEXT NOT NULL COMMENT 'JSON: field, before and after',
  PRIMARY KEY (id),
  KEY audit_log_at (at),
  KEY audit_log_actor (actor),
  KEY audit_log_actor_name (actor_name),
  KEY audit_log_resource (resource, resource_id),
  KEY audit_log_action (action),
  KEY audit_log_failures (action, at, address) COMMENT 'to measure a flood',
  CONSTRAINT audit_log_changes CHECK (JSON_VALID(changes))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

UPDATE role SET permissions = CONCAT(permissions, ' audit:read') WHERE name = 'administrator' AND built_in = 1;
