-- API clients that staff manage: what they may ask for tokens with, and where browsers are sent back to.

ALTER TABLE api_client
  MODIFY secret_hash BINARY(32) NULL
         COMMENT 'SHA-256; the secret has 256 random bits, so no slow hash is needed. NULL: a public client, which can keep none',
  ADD COLUMN grant_types   VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'client_credentials'
                           COMMENT 'separated by spaces',
  ADD COLUMN redirect_uris VARCHAR(4100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT ''
                           COMMENT 'one a line',
  ADD COLUMN version       BIGINT UNSIGNED NOT NULL DEFAULT 1;
