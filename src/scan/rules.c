/* The table of rules. To add one: a row here (id for ever; literals of at least 4 bytes that stand in every match), a
 * check in its family's file if a second signal exists, vectors under tests/vectors/scan. Group 1 of a pattern is the
 * value that is never shown. Rows without literals are reported by another row's check. */
#include <assert.h>

#include "scan/families.h"

#define EDGE "(?<![A-Za-z0-9_-])"
#define END "(?![A-Za-z0-9_-])"
/* a name that says password, perhaps inside calls, casts and member accesses */
#define PASSWORD                                                                                                       \
    "[\\w$@.>\\-\\[\\]'\"&*(:{]{0,60}?(?i:passw(?:or)?d|passphrase|passwort|(?<![a-z])pwd|(?<=user|hash)pass(?![a-z])" \
    "|(?<=[$_])pass(?![a-z]))"
#define FAST "(?i:md5|sha_?-?1|sha_?-?224|sha_?-?256|sha_?-?384|sha_?-?512)"

/* where credentials of a product's own making are found: not in tests, prose, or other people's code */
#define OWN IN_LIVE

static const struct rule table[] = {
    /* --- secrets with a checksum: everywhere --- */
    {"github_token", SCAN_SECRET, SCAN_CHECKSUM, "GitHub token", IN_ALL, RULE_AT | RULE_EXAMPLES | RULE_COMMENTS, 0,
     "ghp_|gho_|ghu_|ghs_|ghr_", EDGE "(gh[pousr]_[A-Za-z0-9]{36})" END, check_crc_token},
    {"npm_token", SCAN_SECRET, SCAN_CHECKSUM, "npm access token", IN_ALL, RULE_AT | RULE_EXAMPLES | RULE_COMMENTS, 0,
     "npm_", EDGE "(npm_[A-Za-z0-9]{36})" END, check_crc_token},

    /* --- secrets with a form of their own --- */
    {"private_key", SCAN_SECRET, SCAN_STRUCTURE, "private key", OWN, RULE_COMMENTS, 0,
     "private key-----|private key block-----",
     "-----BEGIN (?:(?:RSA|DSA|EC|OPENSSH|ENCRYPTED|ANY|PGP) )?PRIVATE KEY(?: BLOCK)?-----", check_private_key},
    {"private_key", SCAN_SECRET, SCAN_STRUCTURE, "private key", OWN, 0, 0, "putty-user-key-file-",
     "PuTTY-User-Key-File-[23]: \\S+", check_putty_key},
    {"gcp_service_account", SCAN_SECRET, SCAN_STRUCTURE, "Google Cloud service account with its private key", 0, 0, 0,
     NULL, NULL, NULL},
    {"aws_access_key", SCAN_SECRET, SCAN_STRUCTURE, "AWS access key id", OWN | IN_TEST | IN_DOC,
     RULE_AT | RULE_COMMENTS, 0, "akia|asia", EDGE "((?:AKIA|ASIA)[A-Z0-9]{16})" END, check_aws_id},
    {"aws_secret_key", SCAN_SECRET, SCAN_STRUCTURE, "AWS secret access key", OWN, RULE_COMMENTS | RULE_WEAK, 0,
     "secret_access|secretaccess|aws_secret|awssecret|secret_key|secretkey",
     "(?i)aws[\\w.-]{0,20}secret[\\w.-]{0,20}[\"']?\\s*(?:=>|[:=])\\s*[\"']?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
     check_aws_secret},
    {"github_fine_grained_token", SCAN_SECRET, SCAN_STRUCTURE, "GitHub fine-grained token", OWN,
     RULE_AT | RULE_COMMENTS, 0, "github_pat_", EDGE "(github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})" END, check_token},
    {"gitlab_token", SCAN_SECRET, SCAN_STRUCTURE, "GitLab token", OWN, RULE_AT | RULE_COMMENTS, 0,
     "glpat-|gldt-|glrt-|glptt-|glft-|glsoat-|glcbt-",
     EDGE "(gl(?:pat|dt|rt|ptt|ft|soat|cbt)-[A-Za-z0-9_-]{20,60}(?:\\.[0-9a-z]{2}\\.[0-9a-z]{9})?)" END, check_token},
    {"slack_token", SCAN_SECRET, SCAN_STRUCTURE, "Slack token", OWN, RULE_AT | RULE_COMMENTS, 0,
     "xoxb-|xoxp-|xoxa-|xoxr-|xoxs-|xoxe-|xapp-",
     EDGE "(xox[baprse]-(?:\\d{9,14}-){1,3}[A-Za-z0-9]{24,40}|xapp-\\d-[A-Z0-9]{9,12}-\\d{10,14}-[a-f0-9]{64})" END,
     check_token},
    {"slack_webhook", SCAN_SECRET, SCAN_STRUCTURE, "Slack webhook address", OWN, RULE_AT | RULE_COMMENTS, 0,
     "hooks.slack.com/",
     "hooks\\.slack\\.com/(?:services|workflows)/T[A-Z0-9]{8,12}/[AB][A-Z0-9]{8,12}/([A-Za-z0-9]{23,26})" END,
     check_token},
    {"stripe_key", SCAN_SECRET, SCAN_STRUCTURE, "Stripe live key", OWN, RULE_AT | RULE_COMMENTS, 0, "sk_live_|rk_live_",
     EDGE "([sr]k_live_[A-Za-z0-9]{24,110})" END, check_token},
    {"google_api_key", SCAN_SECRET, SCAN_STRUCTURE, "Google API key", OWN, RULE_AT, 0, "aiza",
     EDGE "(AIza[0-9A-Za-z_-]{35})" END, check_google_key},
    {"azure_storage_key", SCAN_SECRET, SCAN_STRUCTURE, "Azure storage account key", OWN, RULE_AT | RULE_COMMENTS, 0,
     "accountkey=", "(?i)AccountKey=([A-Za-z0-9+/]{86}==)", check_azure_storage},
    {"pypi_token", SCAN_SECRET, SCAN_STRUCTURE, "PyPI upload token", OWN, RULE_AT | RULE_COMMENTS, 0,
     "pypi-ageicHlwaS5vcmc|pypi-agendgvzdc5wexbplm9yz", EDGE "(pypi-AgE[A-Za-z0-9_-]{60,})", check_token},
    {"sendgrid_key", SCAN_SECRET, SCAN_STRUCTURE, "SendGrid API key", OWN, RULE_COMMENTS, 0,
     "\"sg.|'sg.|=sg.| sg.|:sg.", EDGE "(SG\\.[A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{43})" END, check_token},
    {"digitalocean_token", SCAN_SECRET, SCAN_STRUCTURE, "DigitalOcean token", OWN, RULE_AT | RULE_COMMENTS, 0,
     "dop_v1_|doo_v1_|dor_v1_", EDGE "(do[opr]_v1_[a-f0-9]{64})" END, check_token},
    {"mailgun_key", SCAN_SECRET, SCAN_STRUCTURE, "Mailgun API key", OWN, RULE_COMMENTS, 0,
     "\"key-|'key-|=key-| key-|:key-", EDGE "(key-[a-f0-9]{32})" END, check_nearby_vendor},
    {"twilio_key", SCAN_SECRET, SCAN_STRUCTURE, "Twilio API key or token", OWN, RULE_COMMENTS, 0, "twilio",
     "(?i)twilio[\\w.-]{0,20}(?:token|secret|key)[\"']?\\s*(?:=>|[:=])\\s*[\"']?((?-i)(?:SK)?[0-9a-f]{32})(?![0-9a-zA-"
     "Z])",
     check_token},
    {"telegram_bot_token", SCAN_SECRET, SCAN_STRUCTURE, "Telegram bot token", OWN, RULE_COMMENTS, 0,
     ":aae|:aaf|:aag|:aah", EDGE "(\\d{8,10}:AA[EFGH][A-Za-z0-9_-]{32})" END, check_nearby_vendor},
    {"openai_key", SCAN_SECRET, SCAN_STRUCTURE, "OpenAI API key", OWN, RULE_COMMENTS, 0, "t3blbkfj",
     EDGE "(sk-[A-Za-z0-9_-]{20,100}T3BlbkFJ[A-Za-z0-9_-]{20,100})", check_token},
    {"anthropic_key", SCAN_SECRET, SCAN_STRUCTURE, "Anthropic API key", OWN, RULE_AT | RULE_COMMENTS, 0, "sk-ant-",
     EDGE "(sk-ant-[a-z]+\\d\\d-[A-Za-z0-9_-]{80,110})", check_token},
    {"huggingface_token", SCAN_SECRET, SCAN_STRUCTURE, "Hugging Face token", OWN, RULE_COMMENTS, 0,
     "\"hf_|'hf_|=hf_| hf_", EDGE "(hf_[A-Za-z]{34})" END, NULL},
    {"hashicorp_token", SCAN_SECRET, SCAN_STRUCTURE, "Vault or Terraform Cloud token", OWN, RULE_COMMENTS, 0,
     "hvs.|.atlasv1.", EDGE "(hvs\\.[A-Za-z0-9_-]{90,120}|[A-Za-z0-9]{14}\\.atlasv1\\.[A-Za-z0-9_-]{60,70})" END,
     check_token},
    {"shopify_token", SCAN_SECRET, SCAN_STRUCTURE, "Shopify token", OWN, RULE_AT | RULE_COMMENTS, 0,
     "shpat_|shpca_|shppa_|shpss_", EDGE "(shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32})" END, check_token},
    {"rubygems_key", SCAN_SECRET, SCAN_STRUCTURE, "RubyGems API key", OWN, RULE_AT | RULE_COMMENTS, 0, "rubygems_",
     EDGE "(rubygems_[a-f0-9]{48})" END, check_token},
    {"docker_hub_token", SCAN_SECRET, SCAN_STRUCTURE, "Docker Hub access token", OWN, RULE_AT | RULE_COMMENTS, 0,
     "dckr_pat_|dckr_oat_", EDGE "(dckr_[op]at_[A-Za-z0-9_-]{27,32})" END, check_token},
    {"grafana_token", SCAN_SECRET, SCAN_STRUCTURE, "Grafana service account token", OWN, RULE_AT | RULE_COMMENTS, 0,
     "glsa_", EDGE "(glsa_[A-Za-z0-9]{32}_[a-f0-9]{8})" END, check_token},
    {"atlassian_token", SCAN_SECRET, SCAN_STRUCTURE, "Atlassian API token", OWN, RULE_AT | RULE_COMMENTS, 0,
     "atatt3xffgf0", EDGE "(ATATT3xFfGF0[A-Za-z0-9_=-]{60,250})", check_token},
    {"newrelic_key", SCAN_SECRET, SCAN_STRUCTURE, "New Relic user key", OWN, RULE_AT | RULE_COMMENTS, 0, "nrak-",
     EDGE "(NRAK-[A-Z0-9]{27})" END, check_token},
    {"discord_webhook", SCAN_SECRET, SCAN_STRUCTURE, "Discord webhook address", OWN, RULE_AT | RULE_COMMENTS, 0,
     "discord.com/api/webhooks/|discordapp.com/api/webhooks/",
     "discord(?:app)?\\.com/api/webhooks/\\d{17,20}/([A-Za-z0-9_-]{60,72})" END, check_token},
    {"square_token", SCAN_SECRET, SCAN_STRUCTURE, "Square token", OWN, RULE_AT | RULE_COMMENTS, 0, "sq0csp-|eaaa",
     EDGE "(sq0csp-[A-Za-z0-9_-]{43}|EAAA[A-Za-z0-9_-]{60})" END, check_token},
    {"jwt", SCAN_SECRET, SCAN_STRUCTURE, "signed token (JWT) that does not expire soon", OWN, RULE_AT, 0,
     "eyjhb|eyj0ex|eyjrawq|eyjjdh",
     EDGE "((eyJ[A-Za-z0-9_-]{10,400})\\.(eyJ[A-Za-z0-9_-]{10,3000})\\.([A-Za-z0-9_-]{40,700}))" END, check_jwt},

    /* --- credentials in addresses and settings --- */
    {"database_url_password", SCAN_SECRET, SCAN_CONTEXT, "password in a database address", OWN | IN_TEST, RULE_WEAK, 0,
     "ql://|es://|db://|rv://|is://|ss://|qp://|ps://|tp://|l2://|g2://|er://|pg://|ap://", NULL,
     check_url_credentials},
    {"database_url_password", SCAN_SECRET, SCAN_CONTEXT, "password in a database address", OWN | IN_TEST, RULE_WEAK, 0,
     "password=|pwd=|password =|pwd =",
     "(?i)(?:server|data source|host|addr|address|host "
     "?name)\\s*=\\s*([^;\"'\\s=]{2,100});[^\"'\\n]{0,200}?(?:password|pwd)\\s*=\\s*([^;\"'\\n]{3,80})",
     check_connection_string},
    {"basic_auth_url", SCAN_SECRET, SCAN_CONTEXT, "user name and password in a web address", 0, RULE_WEAK, 0, NULL,
     NULL, NULL},
    {"npmrc_auth", SCAN_SECRET, SCAN_CONTEXT, "registry credential in .npmrc", OWN, RULE_WEAK, 0,
     "_authtoken|_password|_auth=|npmauthtoken",
     "(?:_authToken|_auth|_password|npmAuthToken)\\s*[=:]\\s*[\"']?([^\\s\"']{12,})", check_credential_file},
    {"netrc_password", SCAN_SECRET, SCAN_CONTEXT, "password in .netrc", OWN, 0, 4, "machine ",
     "machine\\s+([^\\s]+)\\s+login\\s+\\S+\\s+password\\s+(\\S{4,})", check_credential_file},
    {"pgpass_password", SCAN_SECRET, SCAN_CONTEXT, "password in .pgpass", OWN, 0, 0, ":5432:|:*:*",
     "^[^:\\n#]+:(?:\\d+|\\*):[^:\\n]*:[^:\\n]*:([^\\s:]{3,})$", check_credential_file},
    {"password_hash_file", SCAN_SECRET, SCAN_CONTEXT, "password hash of an account", OWN, 0, 0,
     ":$apr1$|:{sha}|:$2y$|:$2a$|:$2b$|:$6$|:$5$|:$y$",
     "^[^:#\\s]{1,64}:(\\$apr1\\$\\S{20,}|\\{SHA\\}\\S{20,}|\\$2[aby]\\$\\d\\d\\$\\S{50,}|\\$[56y]\\$\\S{20,})",
     check_credential_file},
    {"docker_registry_auth", SCAN_SECRET, SCAN_CONTEXT, "container registry credential", OWN, 0, 0, "\"auth\"",
     "\"auth\"\\s*:\\s*\"([A-Za-z0-9+/]{12,400}={0,2})\"", check_credential_file},
    {"kubernetes_secret", SCAN_SECRET, SCAN_CONTEXT, "Kubernetes secret with its value, only encoded",
     IN_CODE | IN_CONFIG | IN_OTHER, RULE_WEAK, 0, "kind: secret", "^kind:\\s*Secret\\s*$", check_credential_file},
    {"hardcoded_secret", SCAN_SECRET, SCAN_CONTEXT, "secret written into the source", OWN, RULE_WEAK, 0,
     "secret|token|apikey|api_key|api-key|access_key|accesskey|auth_key|authkey|private_key|privatekey|app_key|"
     "encryption_key|encryptionkey|signing_key|signingkey|"
     "master_key|masterkey|_key_base|passwd|password|passphrase|_pwd|pwd=|pwd:|pwd\"|pwd |pwd'|_pass|passwort|salasana",
     NULL, check_assignment},
    {"hardcoded_password", SCAN_SECRET, SCAN_CONTEXT, "password written into the source", 0, RULE_WEAK, 0, NULL, NULL,
     NULL},
    {"hardcoded_signing_secret", SCAN_SECRET, SCAN_CONTEXT,
     "secret that signs sessions or tokens, written into the source", IN_CODE, 0, 5,
     "jwt.sign|jwt.verify|jwt.encode|jwt.decode|cookieparser(|session({|secret_key|jwt_secret|jwtsecret|hmacshakeyfor|"
     "cookie_secret|cookiesecret|session_secret|sessionsecret|cookiestore(",
     "jwt\\.(?:sign|verify|encode|decode)\\([^\\n;]{1,160}?,\\s*['\"]([^'\"\\n]{4,80})['\"]\\s*[,)]|cookieParser\\(\\s*"
     "['\"]([^'\"\\n]{4,80})['\"]|"
     "session\\(\\{[^}]{0,300}?\\bsecret\\s*:\\s*['\"]([^'\"\\n]{4,80})['\"]|"
     "(?:\\.secret_key|^\\s*SECRET_KEY|['\"]SECRET_KEY['\"]\\])\\s*=\\s*b?['\"]([^'\"\\n]{4,120})['\"]|"
     "(?i)(?:jwt_?secret(?:_?key)?|cookie_?secret|session_?secret|hmacShaKeyFor\\(|CookieStore\\(\\[\\]byte)[\"']?\\s*("
     "?:\\(|:|=>?|:=)\\s*(?:\\[\\]byte\\()?['\"]([^'\"\\n]{4,120})['\"]",
     check_signing_secret},

    /* --- passwords anybody can guess --- */
    {"default_password", SCAN_DEFAULT_PASSWORD, SCAN_CONTEXT, "initial or default password written into the source", 0,
     RULE_WEAK, 0, NULL, NULL, NULL},
    {"guessable_password", SCAN_DEFAULT_PASSWORD, SCAN_CONTEXT, "guessable password", 0, RULE_WEAK, 0, NULL, NULL,
     NULL},
    {"seeded_account_password", SCAN_DEFAULT_PASSWORD, SCAN_CONTEXT, "account seeded with a literal password", 0,
     RULE_WEAK, 0, NULL, NULL, NULL},
    {"account_password", SCAN_DEFAULT_PASSWORD, SCAN_CONTEXT, "account made with a literal password", IN_LIVE, 0, 0,
     "create_superuser|generate_password_hash|make_password|bcrypt.hash|hash::make|identified "
     "by|chpasswd|htpasswd|withuser(|withusername|inmemoryauth|createuser|set_password",
     "create_superuser\\(\\s*(?:username\\s*=\\s*)?['\"][^'\"\\n]+['\"]\\s*,\\s*(?:(?:email\\s*=\\s*)?['\"][^'\"\\n]*['"
     "\"]\\s*,\\s*)?(?:password\\s*=\\s*)?['\"]([^'\"\\n]{3,60})['\"]|"
     "(?:\\bgenerate_password_hash|\\bmake_password|\\bset_password|bcrypt\\.hash(?:Sync|pw)?|Hash::make|HashPassword)"
     "\\(\\s*(?:b|\\[\\]byte\\()?['\"]([^'\"\\n]{3,60})['\"]|"
     "(?i:identified\\s+by\\s+(?:password\\s+)?)'([^'\\n]{3,60})'|echo\\s+[\"']?[\\w-]+:([^\\s\"'|$]{3,60})[\"']?\\s*"
     "\\|\\s*(?:sudo\\s+)?chpasswd|"
     "with(?:User|Username)\\(\\s*\"[^\"\\n]+\"\\s*\\)\\s*\\.password\\(\\s*(?:\\w+\\.encode\\(\\s*)?\"([^\"\\n]{3,80})"
     "\"",
     check_account_literal},
    {"account_password", SCAN_DEFAULT_PASSWORD, SCAN_CONTEXT, "account made with a literal password", IN_LIVE, 0, 0,
     "create user|alter user|create role|alter role",
     "(?i)\\b(?:create|alter)\\s+(?:user|role)\\s+\\S+\\s+(?:with\\s+)?(?:login\\s+|superuser\\s+|encrypted\\s+){0,3}"
     "password\\s+'([^'\\n]{3,60})'",
     check_account_literal},
    {"inserted_account_password", SCAN_DEFAULT_PASSWORD, SCAN_CONTEXT, "account inserted with a readable password",
     IN_LIVE, 0, 2, "insert into",
     "(?i)insert\\s+into\\s+[`\"\\[]?[\\w.]*(?:user|account|member|admin|login|person|employee|customer)\\w*[`\"\\]]?"
     "\\s*\\(([^()]{5,400})\\)\\s*values\\s*\\(",
     check_account_literal},

    /* --- personal data: found by a pass of its own --- */
    {"finnish_personal_identity_code", SCAN_PERSONAL_DATA, SCAN_CHECKSUM, "Finnish personal identity code", 0,
     RULE_FOLD, 0, NULL, NULL, NULL},
    {"iban", SCAN_PERSONAL_DATA, SCAN_CHECKSUM, "bank account number (IBAN)", 0, RULE_FOLD, 0, NULL, NULL, NULL},
    {"payment_card_number", SCAN_PERSONAL_DATA, SCAN_CHECKSUM, "payment card number", 0, RULE_FOLD, 0, NULL, NULL,
     NULL},
    {"email_addresses", SCAN_PERSONAL_DATA, SCAN_CONTEXT, "people's e-mail addresses beside their names", 0, RULE_FOLD,
     0, NULL, NULL, NULL},

    /* --- passwords hashed weakly --- */
    {"password_fast_hash", SCAN_WEAK_PASSWORD_HASH, SCAN_CONTEXT, "password hashed by a fast hash", IN_CODE, 0, 3,
     "passw|passphrase|_pwd|(pwd|pwd)|.pwd|$pwd| pwd|$pass|userpass",
     "(?<![\\w>])(?:hashlib\\.new\\(\\s*['\"]" FAST "['\"]\\s*,\\s*|(?:hash|hash_hmac|openssl_digest)\\(\\s*['\"]" FAST
     "['\"]\\s*,\\s*|"
     "(?:[A-Za-z_][\\w]{0,20}(?:\\.|::|->)){0,3}" FAST
     "(?:_hex|Hex|Sum\\w*|_digest|String|_hash|Hash)?(?:(?:\\.|::)(?:hexdigest|digest|new|hash|Hash|Sum\\w*|hex|"
     "base64digest|of|sum|ComputeHash|HashData|hashString|Create\\(\\)\\.ComputeHash))?\\(|"
     "createHash\\(\\s*['\"]" FAST "['\"]\\s*\\)\\s*\\.update\\()\\s*" PASSWORD,
     check_fast_hash},
    {"password_fast_hash", SCAN_WEAK_PASSWORD_HASH, SCAN_CONTEXT, "password hashed by a fast hash", IN_CODE, 0, 0,
     "messagedigest.getinstance|hashalgorithm.create|cryptoserviceprovider|md5.create|sha1.create|sha256.create|sha512."
     "create|"
     "createhash(|hashlib.|digest::|md5.new(|sha1.new(|sha256.new(|qcryptographichash|hashing.",
     "(?:MessageDigest\\.getInstance\\(\\s*\"" FAST "\"|HashAlgorithm\\.Create\\(\\s*\"" FAST "\"|new " FAST
     "(?:CryptoServiceProvider|Managed)\\(|" FAST "\\.Create\\(\\)|createHash\\(\\s*['\"]" FAST "['\"]|hashlib\\." FAST
     "\\(\\)|"
     "(?:md5|sha1|sha256|sha512)\\.New\\(\\)|Digest::" FAST "\\.new\\b|Hashing\\." FAST
     "\\(\\)|QCryptographicHash::(?:Md5|Sha1|Sha256))",
     check_fast_hash_nearby},
    {"password_fast_hash", SCAN_WEAK_PASSWORD_HASH, SCAN_CONTEXT, "password hashed by a fast hash", IN_CODE, 0, 6,
     "hash_password|hashpassword|passwordhash(|password_hash(|encryptpassword|encrypt_password|encodepassword|encode_"
     "password|hash_pwd|hashpwd",
     "(?i)(?:def|function|func|fn|public|private|static|protected|const|let|var)\\s[^\\n;]{0,60}?(?:hash_?(?:password|"
     "pwd)|password_?hash|encrypt_?password|encode_?password)\\b[^\\n;]{0,100}[\\n{:][\\s\\S]{0,240}?"
     "(?:hashlib\\.(?:md5|sha1|sha256|sha512)\\(|createHash\\(\\s*['\"](?:md5|sha1|sha256|sha512)['\"]|(?<![\\w.])"
     "md5\\(\\s*\\$|(?<![\\w.])sha1\\(\\s*\\$|Digest::(?:MD5|SHA1|SHA256)|(?:md5|sha1)\\.Sum\\(|sha256\\.Sum256\\()",
     check_hash_function},
    {"password_weak_encoder", SCAN_WEAK_PASSWORD_HASH, SCAN_STRUCTURE, "password encoder that is no protection",
     IN_CODE | IN_CONFIG, 0, 0,
     "nooppasswordencoder|md5passwordencoder|shapasswordencoder|standardpasswordencoder|messagedigestpasswordencoder|"
     "withdefaultpasswordencoder|plaintextpasswordencoder",
     "(?:NoOpPasswordEncoder\\.getInstance\\(|new "
     "(?:Md5|Sha|LdapSha|MessageDigest|Plaintext|Standard|Md4)PasswordEncoder\\(|withDefaultPasswordEncoder\\()",
     check_weak_encoder},
    {"password_weak_encoder", SCAN_WEAK_PASSWORD_HASH, SCAN_STRUCTURE, "password encoder that is no protection",
     IN_CODE | IN_CONFIG, 0, 3, "password_hashers",
     "PASSWORD_HASHERS\\s*=\\s*[\\[(]\\s*['\"][\\w.]*\\.(?:UnsaltedSHA1|UnsaltedMD5|MD5|SHA1|Crypt)PasswordHasher",
     check_weak_encoder},
    {"bcrypt_low_cost", SCAN_WEAK_PASSWORD_HASH, SCAN_CONTEXT, "bcrypt with a cost under 8", IN_CODE, 0, 0,
     "bcrypt|gensalt",
     "(?:bcrypt\\.hash(?:Sync)?\\([^\\n,]{1,60},\\s*|gensalt\\(\\s*(?:rounds\\s*=\\s*)?|BCryptPasswordEncoder\\(\\s*|"
     "GenerateFromPassword\\([^\\n,]{1,60},\\s*|genSalt(?:Sync)?\\(\\s*)(\\d{1,2})\\s*[,)]",
     check_few_rounds},
    {"pbkdf2_few_iterations", SCAN_WEAK_PASSWORD_HASH, SCAN_CONTEXT, "PBKDF2 with at most 1,000 iterations", IN_CODE, 0,
     0, "pbkdf2",
     "(?i)(?:(?:hash_pbkdf2|pbkdf2_hmac)\\(\\s*['\"]\\w+['\"]\\s*,\\s*|(?:crypto\\.pbkdf2(?:Sync)?|pbkdf2Sync|pbkdf2\\."
     "Key)\\(\\s*)" PASSWORD "[^\\n,]{0,30},[^\\n,]{1,40},\\s*(\\d{1,4})\\s*[,)]",
     check_few_rounds},

    /* --- certificate checks off --- */
    {"python_tls_unverified", SCAN_TLS_VERIFICATION_OFF, SCAN_CONTEXT, "certificate check switched off", IN_CODE, 0, 0,
     "verify=false|verify = false|verify_ssl=false|verify_certs=false|ssl=false|verify_ssl = false|verify\"] = false",
     "(?<![\\w])(?:ssl_)?verify(?:_ssl|_certs|_tls)?(?:[\"']\\])?\\s*=\\s*False\\b|\\b(?:TCPConnector|ws_connect|"
     "session\\.(?:get|post|put|request))\\([^\\n]{0,120}\\bssl\\s*=\\s*False\\b",
     check_python_unverified},
    {"python_tls_unverified", SCAN_TLS_VERIFICATION_OFF, SCAN_STRUCTURE, "certificate check switched off", IN_CODE, 0,
     0, "_create_unverified_context|cert_none|check_hostname = false|check_hostname=false",
     "\\bssl\\._create_unverified_context\\b|(?:verify_mode|cert_reqs)[\"']?\\s*[=:]\\s*(?:ssl\\.|[\"'])?CERT_NONE\\b|"
     "\\.check_hostname\\s*=\\s*False",
     check_unverified},
    {"node_tls_unverified", SCAN_TLS_VERIFICATION_OFF, SCAN_STRUCTURE, "certificate check switched off", IN_LIVE, 0, 0,
     "rejectunauthorized|node_tls_reject|strictssl",
     "\\brejectUnauthorized[\"']?\\s*[:=]\\s*false\\b|NODE_TLS_REJECT_UNAUTHORIZED[\"'\\]]*\\s*[=:]\\s*[\"']?0\\b|"
     "\\bstrictSSL[\"']?\\s*:\\s*false\\b",
     check_unverified},
    {"go_tls_unverified", SCAN_TLS_VERIFICATION_OFF, SCAN_STRUCTURE, "certificate check switched off", IN_CODE, 0, 0,
     "insecureskipverify", "\\bInsecureSkipVerify\\s*[:=]\\s*true\\b", check_unverified},
    {"php_tls_unverified", SCAN_TLS_VERIFICATION_OFF, SCAN_STRUCTURE, "certificate check switched off", IN_CODE, 0, 0,
     /* sinetti:allow tls_verification_off this is the pattern that looks for it */
     "curlopt_ssl_verify|verify_peer|'verify' => false|\"verify\" => false|withoutverifying",
     "CURLOPT_SSL_VERIFY(?:PEER|HOST)\\s*(?:,|=>)\\s*(?:false|FALSE|0L?)\\b|['\"]verify_peer(?:_name)?['\"]\\s*=>\\s*(?"
     ":false|0)\\b|['\"]verify['\"]\\s*=>\\s*false\\b|->withoutVerifying\\(\\)",
     check_unverified},
    {"java_tls_unverified", SCAN_TLS_VERIFICATION_OFF, SCAN_STRUCTURE, "certificate check switched off", IN_CODE, 0, 4,
     "checkservertrusted",
     "checkServerTrusted\\s*\\([^)]{0,200}\\)\\s*(?:throws\\s+[\\w.]+\\s*)?\\{\\s*(?://[^\\n]*\\s*){0,3}\\}",
     check_unverified},
    {"java_tls_unverified", SCAN_TLS_VERIFICATION_OFF, SCAN_STRUCTURE, "certificate check switched off", IN_CODE, 0, 0,
     "noophostnameverifier|allow_all_hostname|trustallstrategy|insecuretrustmanagerfactory|hostnameverifier",
     "\\bNoopHostnameVerifier(?:\\.INSTANCE|\\(\\))|\\bALLOW_ALL_HOSTNAME_VERIFIER\\b(?!\\s*=)|\\bTrustAllStrategy(?:"
     "\\.INSTANCE|\\(\\))|InsecureTrustManagerFactory\\.INSTANCE|[hH]ostnameVerifier\\(?\\s*[({]?\\s*\\(?\\s*\\w*\\s*,"
     "\\s*\\w*\\s*\\)?\\s*->\\s*true\\b",
     check_unverified},
    {"dotnet_tls_unverified", SCAN_TLS_VERIFICATION_OFF, SCAN_STRUCTURE, "certificate check switched off", IN_CODE, 0,
     2, "certificatevalidationcallback|certificatecustomvalidation|dangerousacceptany",
     "Server(?:CertificateValidationCallback|CertificateCustomValidationCallback)\\s*\\+?=\\s*(?:delegate\\s*(?:\\([^)]"
     "{0,160}\\))?\\s*\\{\\s*return true|\\(?[^=;{}]{0,160}\\)?\\s*=>\\s*(?:true\\b|\\{\\s*return "
     "true))|\\bDangerousAcceptAnyServerCertificateValidator\\b",
     check_unverified},
    {"ruby_tls_unverified", SCAN_TLS_VERIFICATION_OFF, SCAN_STRUCTURE, "certificate check switched off", IN_CODE, 0, 0,
     "verify_none", "verify_mode(?:\\s*=|:|[\"']?\\s*=>)\\s*(?:::)?(?:OpenSSL::SSL::)?VERIFY_NONE\\b",
     check_unverified},
    {"rust_tls_unverified", SCAN_TLS_VERIFICATION_OFF, SCAN_STRUCTURE, "certificate check switched off", IN_CODE, 0, 0,
     "danger_accept_invalid|sslverifymode::none",
     "danger_accept_invalid_(?:certs|hostnames)\\(\\s*true\\s*\\)|set_verify\\(\\s*SslVerifyMode::NONE",
     check_unverified},
    {"command_tls_unverified", SCAN_TLS_VERIFICATION_OFF, SCAN_STRUCTURE,
     "command with the certificate check switched off", IN_LIVE, RULE_JOIN, 0, "curl ",
     "\\bcurl\\b(?:[^|;&\\n\"'#\\\\]|\\\\\\n|\"[^\"\\n]*\"|'[^'\\n]*'|&(?!&))*?\\s(?:--insecure|-[fsSLvgGiIN]*k["
     "fsSLvgGiIN]*)(?=[\\s\"'`\\\\)]|$)(?:[^|;&\\n]){0,200}",
     check_command_unverified},
    {"command_tls_unverified", SCAN_TLS_VERIFICATION_OFF, SCAN_STRUCTURE,
     "command with the certificate check switched off", IN_LIVE, RULE_JOIN, 0,
     "--no-check-certificate|sslverify|git_ssl_no_verify|strict-ssl|pythonhttpsverify|insecure-skip-tls-verify|--no-"
     "verify-ssl|verify-peer",
     "\\bwget\\b[^|;&\\n]{0,200}?--no-check-certificate[^|;&\\n]{0,200}|http\\.sslVerify[ "
     "=]+[\"']?(?:false|0)\\b|\\bGIT_SSL_NO_VERIFY[=:]\\s*[\"']?(?:1|true)\\b|(?:npm|yarn|pnpm)\\s[^\\n|;&]{0,40}"
     "strict-ssl[ =]+[\"']?false\\b|^\\s*strict-ssl\\s*[= ]\\s*[\"']?false\\b|"
     "\\bPYTHONHTTPSVERIFY\\s*[=:]\\s*[\"']?0\\b|--insecure-skip-tls-verify(?:=true)?(?=\\s|$)|\\baws\\b[^\\n]{0,200}--"
     "no-verify-ssl|Acquire::https?::[\\w:.]*Verify-Peer\\s*[\"=]?\\s*\"?false",
     check_command_unverified},
    {"config_tls_unverified", SCAN_TLS_VERIFICATION_OFF, SCAN_CONTEXT, "certificate check switched off",
     IN_CONFIG | IN_CI | IN_OTHER | IN_CODE, RULE_WEAK, 0,
     "insecureskipverify|insecure_skip_verify|insecureskiptlsverify|insecure-skip-tls-verify|validate_certs|ssl_verify|"
     "verify_ssl|verify-ssl|sslverify|tls_skip_verify|trustservercertificate|skip_tls_verify|tls_insecure|verify_certs|"
     "tls-verify",
     "^[\\s-]*[\"']?(?:insecure_?[sS]kip_?[vV]erify|insecureSkipTLSVerify|insecure-skip-tls-verify(?:-backend)?|(?:tls_"
     ")?skip_tls_verify|tls_skip_verify(?:_insecure)?|tls_insecure(?:_skip_verify)?)[\"']?\\s*[:=]\\s*[\"']?(?:true|"
     "yes|on)\\b|"
     "^[\\s-]*[\"']?(?:validate_certs|ssl_verify|verify_ssl|verify-ssl|sslVerify|sslverify|verify_certs|verify_tls)[\"'"
     "]?\\s*[:=]\\s*[\"']?(?:false|no|off|0|False)\\b|"
     "(?i)\\bserver=(?!localhost|\\(|127|\\.)[^;\"]{3,100};[^\"\\n]{0,200}TrustServerCertificate=true",
     check_unverified},

    /* --- old TLS --- */
    {"old_tls_server", SCAN_OLD_TLS, SCAN_STRUCTURE, "server speaks SSL 3, TLS 1.0 or TLS 1.1", IN_LIVE, 0, 0,
     "ssl_protocols|sslprotocol|ssl-protocols|enabled-protocols|https.protocols|ssl.protocols|tls_protocols|"
     "sslprotocols|enabledprotocols",
     "(?:\\bssl_protocols\\s+|\\bSSLProtocol\\s+|\\bssl-protocols[\"']?\\s*:\\s*|\\bssl\\.enabled-protocols\\s*[=:]\\s*"
     "|\\bhttps\\.protocols\\s*[=,]\\s*\"?|\\bsmtpd?_tls_(?:mandatory_)?protocols\\s*=\\s*|sslEnabledProtocols=|"
     "setEnabledProtocols\\([^\\n{]{0,40}\\{)([^;\\n#})]{3,160})",
     check_old_tls_list},
    {"old_tls_server", SCAN_OLD_TLS, SCAN_STRUCTURE, "server speaks SSL 3, TLS 1.0 or TLS 1.1", IN_LIVE, 0, 0,
     "ssl-min-ver|force-tlsv1|minimum_protocol_version|min_tls_version|minimum_tls_version|minimumtlsversion|"
     "mintlsversion|tls_min_version|elbsecuritypolicy",
     "ssl-min-ver\\s+(?:SSLv3|TLSv1\\.[01])\\b|force-tlsv1[01]\\b|minimum_protocol_version\\s*=\\s*\"(?:SSLv3|TLSv1|"
     "TLSv1_2016|TLSv1\\.1_2016)\"|(?:min|minimum)_?[tT]ls_?[vV]ersion[\"']?\\s*[:=]\\s*[\"'](?:1\\.[01]|TLS1_[01]|"
     "TLSv?1(?:\\.[01])?)[\"']|tls_min_version[\"']?\\s*[:=]\\s*[\"']?(?:1\\.[01]|TLS1[01]|TLSv1(?:\\.[01])?|"
     "VersionTLS1[01])[\"']?\\s*$|\"ELBSecurityPolicy-(?:2016-08|TLS-1-0-2015-04|TLS-1-1-2017-01)\"",
     check_old_tls},
    {"old_tls_code", SCAN_OLD_TLS, SCAN_STRUCTURE, "SSL 3, TLS 1.0 or TLS 1.1 allowed", IN_CODE, 0, 0,
     "minversion|protocol_sslv|protocol_tlsv1|tlsversion.tlsv1|secureprotocol|default_min_version|sslcontext."
     "getinstance|securityprotocoltype.|sslprotocols.|curl_sslversion_|ssl_version|min_version|set_min_proto|v1_method|"
     "v3_method|tlsv1_1_method",
     "\\bMinVersion\\s*[:=]\\s*(?:tls\\.)?Version(?:SSL30|TLS10|TLS11)\\b|\\bssl\\.PROTOCOL_(?:SSLv2|SSLv3|TLSv1|TLSv1_"
     "1)\\b|minimum_version\\s*=\\s*ssl\\.TLSVersion\\.(?:SSLv3|TLSv1|TLSv1_1)\\b|"
     "\\b(?:minVersion|DEFAULT_MIN_VERSION)[\"']?\\s*[:=]\\s*['\"]TLSv1(?:\\.1)?['\"]|\\bsecureProtocol[\"']?\\s*[:=]"
     "\\s*['\"](?:SSLv3|TLSv1|TLSv1_1)_(?:client_|server_)?method['\"]|SSLContext\\.getInstance\\(\\s*\"(?:SSLv3|TLSv1|"
     "TLSv1\\.1)\"|"
     "SecurityProtocol\\s*\\|?=\\s*[^;\\n]{0,80}SecurityProtocolType\\.(?:Ssl3|Tls|Tls11)\\b|SslProtocols\\s*=\\s*[^;"
     "\\n]{0,80}SslProtocols\\.(?:Ssl2|Ssl3|Tls|Tls11)\\b|CURLOPT_SSLVERSION\\s*(?:,|=>)\\s*(?:CURL_SSLVERSION_(?:"
     "SSLv3|TLSv1_0|TLSv1_1)|[2345]\\b)|"
     "\\bssl_version\\s*(?:=|:|=>)\\s*:(?:SSLv3|TLSv1|TLSv1_1)\\b|\\bmin_version\\s*=\\s*(?:OpenSSL::SSL::)?(?::TLS1|:"
     "TLS1_1|TLS1_VERSION|TLS1_1_VERSION)\\b|SSL_CTX_set_min_proto_version\\([^,\\n]{1,60},\\s*(?:SSL3|TLS1|TLS1_1)_"
     "VERSION|SSL_CTX_new\\(\\s*(?:SSLv3|TLSv1|TLSv1_1)_(?:client_|server_)?method\\(",
     check_old_tls},

    /* --- plain HTTP --- */
    {"plain_http", SCAN_PLAIN_HTTP, SCAN_CONTEXT, "plain HTTP to a public host", IN_CODE | IN_CONFIG | IN_CI | IN_OTHER,
     RULE_FOLD, 0, "http://", NULL, check_plain_http},

    /* --- production in tests --- */
    {"production_host_in_test", SCAN_PRODUCTION_IN_TEST, SCAN_CONTEXT, "production host in test configuration", IN_TEST,
     RULE_WEAK, 0, "prod|.live.",
     "^\\s*(?:export\\s+|-\\s+)?[\"']?([\\w.-]*(?i:url|uri|host|hostname|server|servers|endpoint|dsn|database|"
     "datasource|broker|brokers|jdbc|address|db|redis|mongo|api)[\\w.-]*)[\"']?\\s*[:=]\\s*[\"']?([^\\s\"',;]{6,300})",
     check_production_host},
    {"production_credentials_in_test", SCAN_PRODUCTION_IN_TEST, SCAN_CONTEXT, "production credentials in tests",
     IN_TEST, RULE_AT, 0, "sk_live_|rk_live_", EDGE "([sr]k_live_[A-Za-z0-9]{24,110})" END, check_live_key_in_test},

    /* --- downloads run at once --- */
    {"download_to_shell", SCAN_DOWNLOAD_TO_SHELL, SCAN_STRUCTURE, "download piped to a shell", IN_LIVE | IN_TEST,
     RULE_JOIN, 0, "curl |wget ",
     "\\b(?:curl|wget)\\s(?:[^|;\\n&\"'\\\\)]|\\\\\\n|\\\\[^\\n]|&(?!&)|\"[^\"\\n]*\"|'[^'\\n]*')*+(?:\\|(?!\\|)\\s*(?:"
     "\\\\\\n\\s*)?(?!(?:sudo|env|bash|sh|zsh|dash|ksh|ash|python|perl|ruby|node|php|xargs)\\b)[^|;\\n&]{1,200}+){0,2}"
     "\\|(?!\\|)\\s*(?:\\\\?\\n\\s*)?(?:sudo\\s+(?:-\\w+\\s+)*)?(?:env\\s+)?(?:\\w+=\\S*\\s+)*(?:sudo\\s+(?:-\\w+\\s+)*"
     ")?(?:/usr)?(?:/bin/)?(?:(?:ba|z|da|k|a)?sh|python[23]?|perl|ruby|node|php)(?![\\w./"
     "=-])(?!\\s+-[mceE]\\b|\\s+-[np]+e\\b|\\s+-c|\\s+-\\w*n\\w*\\s)",
     check_download_to_shell},
    {"download_to_shell", SCAN_DOWNLOAD_TO_SHELL, SCAN_STRUCTURE, "download piped to a shell", IN_LIVE | IN_TEST, 0, 0,
     "(curl |(wget |`curl |`wget ",
     "(?:\\b(?:ba|z|da|k)?sh\\b[^\\n|;&]{0,60}?|\\bsource\\s+|(?:^|\\s)\\.\\s+)<\\(\\s*(?:curl|wget)\\s[^)\\n]{4,300}|"
     "\\b(?:(?:ba|z|da|k)?sh|python[23]?|ruby|perl)\\s+(?:-\\w+\\s+){0,3}-\\w*[ce]\\w*\\s+\\\\?[\"']?(?:\\\\?\\$\\(|`)"
     "\\s*(?:curl|wget)\\s[^)`\\n]{4,300}|\\beval\\s+\\\\?[\"']?(?:\\\\?\\$\\(|`)\\s*(?:curl|wget)\\s[^)`\\n]{4,300}",
     check_download_to_shell},
    {"download_to_shell", SCAN_DOWNLOAD_TO_SHELL, SCAN_STRUCTURE, "download piped to a shell", IN_LIVE | IN_TEST, 0, 0,
     "downloadstring|invoke-expression|iex |iex(|iwr -|iwr http|irm -|irm http|invoke-webrequest",
     "(?i)(?:\\biex\\b|invoke-expression)[^\\n]{0,80}?(?:downloadstring\\(|\\b(?:iwr|irm|invoke-webrequest|invoke-"
     "restmethod)\\s)[^\\n]{4,200}|(?:downloadstring\\([^\\n|]{4,200}|\\b(?:iwr|irm|invoke-webrequest|invoke-"
     "restmethod)\\s[^\\n|]{4,200})\\|\\s*(?:iex\\b|invoke-expression)",
     check_download_to_shell},
};

const struct rule *rules_table(size_t *n)
{
    *n = sizeof table / sizeof *table;
    return table;
}

const struct rule *rules_find(const char *id)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i].id, id) == 0) return &table[i];
    assert(!"a rule that is not in the table");
    return NULL;
}

const struct scan_rule_info *scan_rules(size_t *n)
{
    static const size_t rows = sizeof table / sizeof *table;
    static _Thread_local struct scan_rule_info info[sizeof table / sizeof *table];
    *n = 0;
    for (size_t i = 0; i < rows; i++) {
        bool seen = false;
        for (size_t k = 0; k < *n; k++) seen = seen || strcmp(info[k].id, table[i].id) == 0;
        if (!seen)
            info[(*n)++] = (struct scan_rule_info){table[i].id, table[i].category, table[i].confidence, table[i].what};
    }
    return info;
}
