-- Relays to brokers: sinks that the configuration names. docs/decisions/0013-relays.md

ALTER TABLE sink
  MODIFY kind ENUM('webhook','rabbitmq','kafka','redis') NOT NULL;

CREATE TABLE relay (
  sink_id    BIGINT UNSIGNED NOT NULL,
  target     VARCHAR(1600) NOT NULL COMMENT 'address and exchange, topic or stream, for people',
  configured TINYINT UNSIGNED NOT NULL COMMENT '0: its section is gone',
  PRIMARY KEY (sink_id),
  CONSTRAINT relay_sink FOREIGN KEY (sink_id) REFERENCES sink (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
