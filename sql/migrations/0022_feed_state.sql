-- Who may see how the feed stands, and read the metrics of a host.

UPDATE role SET permissions = CONCAT(permissions, ' feed:read metrics:read') WHERE name = 'administrator' AND built_in = 1;
