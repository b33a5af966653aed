-- Codes that were not redeemed yet end with what they were given for.

ALTER TABLE authorization_code
  ADD KEY authorization_code_user (user_id, client_id),
  ADD KEY authorization_code_client (client_id);
