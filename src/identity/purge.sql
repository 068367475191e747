-- Everything of one person's. Each table with a column `person` stands here.
DELETE FROM account WHERE person = ?1;
DELETE FROM session WHERE person = ?1;
DELETE FROM token WHERE person = ?1;
DELETE FROM link WHERE person = ?1;
DELETE FROM recovery_code WHERE person = ?1;
DELETE FROM factor WHERE person = ?1;
DELETE FROM known WHERE person = ?1;
DELETE FROM totp WHERE person = ?1;
DELETE FROM passkey WHERE person = ?1;
DELETE FROM ceremony WHERE person = ?1;
DELETE FROM flow WHERE person = ?1;
DELETE FROM foreign_account WHERE person = ?1;
