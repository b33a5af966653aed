-- The whole of what each account needs; applied after every migration. What is not named here is
-- refused by the database itself: the application cannot change or delete what the ledger has recorded.
-- Nothing is revoked here: a right that somebody gave by hand stays until somebody takes it back.

GRANT SELECT ON schema_migration TO 'bincard_app'@'%';

GRANT SELECT, INSERT, UPDATE, DELETE ON category TO 'bincard_app'@'%';
GRANT SELECT, INSERT, UPDATE ON item TO 'bincard_app'@'%';
GRANT SELECT, INSERT, DELETE ON item_barcode TO 'bincard_app'@'%';
GRANT SELECT, INSERT, UPDATE ON location TO 'bincard_app'@'%';
GRANT SELECT, UPDATE ON name_epoch TO 'bincard_app'@'%';

GRANT SELECT, INSERT ON movement TO 'bincard_app'@'%';
GRANT SELECT, INSERT ON movement_line TO 'bincard_app'@'%';
GRANT SELECT, INSERT ON movement_place TO 'bincard_app'@'%';
GRANT SELECT, INSERT ON movement_reversal TO 'bincard_app'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON stock_level TO 'bincard_app'@'%';
GRANT EXECUTE ON FUNCTION ledger_post TO 'bincard_app'@'%';

GRANT SELECT, INSERT, UPDATE, DELETE ON role TO 'bincard_app'@'%';
GRANT SELECT, INSERT, UPDATE ON user TO 'bincard_app'@'%';
GRANT SELECT, INSERT, DELETE ON user_role TO 'bincard_app'@'%';
GRANT SELECT, INSERT, DELETE ON invitation TO 'bincard_app'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON session TO 'bincard_app'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON second_factor TO 'bincard_app'@'%';
GRANT SELECT, INSERT, DELETE ON recovery_code TO 'bincard_app'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON pending_sign_in TO 'bincard_app'@'%';
GRANT SELECT, INSERT, DELETE ON user_identity TO 'bincard_app'@'%';
GRANT SELECT, INSERT, DELETE ON sso_sign_in TO 'bincard_app'@'%';
GRANT SELECT, INSERT, UPDATE ON api_client TO 'bincard_app'@'%';
GRANT SELECT, INSERT, UPDATE ON signing_key TO 'bincard_app'@'%';
GRANT SELECT, INSERT, DELETE ON revoked_token TO 'bincard_app'@'%';
GRANT SELECT, INSERT, DELETE ON client_key TO 'bincard_app'@'%';
GRANT SELECT, INSERT, DELETE ON used_assertion TO 'bincard_app'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON consent TO 'bincard_app'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON grant_family TO 'bincard_app'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON authorization_code TO 'bincard_app'@'%';
GRANT SELECT, INSERT, UPDATE ON refresh_token TO 'bincard_app'@'%';

GRANT SELECT, INSERT, UPDATE ON issuer_key_set TO 'bincard_app'@'%';
GRANT SELECT, INSERT, UPDATE ON foreign_principal TO 'bincard_app'@'%';

GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_key TO 'bincard_app'@'%';
GRANT SELECT, INSERT, DELETE ON outbox TO 'bincard_app'@'%';
GRANT SELECT, INSERT, DELETE ON event TO 'bincard_app'@'%';
GRANT SELECT, UPDATE ON feed_state TO 'bincard_app'@'%';
GRANT EXECUTE ON FUNCTION feed_sequence TO 'bincard_app'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON sink TO 'bincard_app'@'%';
GRANT SELECT, UPDATE ON sink_state TO 'bincard_app'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_endpoint TO 'bincard_app'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_delivery TO 'bincard_app'@'%';
GRANT SELECT, INSERT, UPDATE ON relay TO 'bincard_app'@'%';

GRANT SELECT, UPDATE ON feature_flag TO 'bincard_app'@'%';

GRANT SELECT, INSERT ON audit_log TO 'bincard_app'@'%';
GRANT SELECT, INSERT, UPDATE ON host_settings TO 'bincard_app'@'%';

-- Reporting: stock and ledger, nothing about passwords, sessions, keys or stored answers.
GRANT SELECT ON category TO 'bincard_report'@'%';
GRANT SELECT ON item TO 'bincard_report'@'%';
GRANT SELECT ON item_barcode TO 'bincard_report'@'%';
GRANT SELECT ON location TO 'bincard_report'@'%';
GRANT SELECT ON movement TO 'bincard_report'@'%';
GRANT SELECT ON movement_line TO 'bincard_report'@'%';
GRANT SELECT ON movement_place TO 'bincard_report'@'%';
GRANT SELECT ON movement_reversal TO 'bincard_report'@'%';
GRANT SELECT ON stock_level TO 'bincard_report'@'%';
