-- The three database accounts, for a new installation. Run it once as the database's administrator,
-- with the three passwords put in:
--
--   sed -e "s/OWNER_PASSWORD/$(cat owner.pw)/" -e "s/APP_PASSWORD/$(cat app.pw)/" \
--       -e "s/REPORT_PASSWORD/$(cat report.pw)/" accounts.sql | mariadb -u root
--
-- (a password here holds letters and digits only), then: bincard migrate
--
-- bincard_owner   owns the schema: `bincard migrate` connects as it, and grants the other two exactly
--                 the rights in sql/grants.sql. No worker ever holds its password.
-- bincard_app     what the web workers need and no more: it cannot change or delete a movement.
-- bincard_report  reads only.
--
-- Narrow '%' to the hosts that the workers run on. With binary logging on, the server needs
-- log_bin_trust_function_creators=1 while the owner creates the stored routines.

CREATE DATABASE IF NOT EXISTS bincard CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE USER IF NOT EXISTS 'bincard_owner'@'%' IDENTIFIED BY 'OWNER_PASSWORD';
CREATE USER IF NOT EXISTS 'bincard_app'@'%' IDENTIFIED BY 'APP_PASSWORD';
CREATE USER IF NOT EXISTS 'bincard_report'@'%' IDENTIFIED BY 'REPORT_PASSWORD';

GRANT ALL PRIVILEGES ON bincard.* TO 'bincard_owner'@'%' WITH GRANT OPTION;
