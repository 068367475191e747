#include "base/texts_fi.h"

#define HOLES 4

static const struct text_pair texts[] = {
    /* mail, hooks */
    {"the name or address of a mail server is expected", "pitää olla postipalvelimen nimi tai osoite"},
    {"without encryption mail goes to this machine alone (localhost)",
     "ilman salausta posti lähetetään vain tähän koneeseen (localhost)"},
    {"an address like sinetti@example.org is expected", "pitää olla osoite kuten sinetti@example.org"},
    {"it must be given again when host, port, security or user change",
     "se on annettava uudelleen, kun palvelin, portti, salaus tai käyttäjä muuttuu"},
    {"is needed with a user", "tarvitaan, kun käyttäjä on annettu"},
    {"certificates in PEM are expected", "pitää olla varmenteita PEM-muodossa"},
    {"a character that it cannot have", "siinä on merkki, jota siinä ei voi olla"},
    {"{}: leads to an address inside, where messages do not go unless that is said",
     "{1}: johtaa sisäverkon osoitteeseen, johon viestejä lähetetään vain, jos niin on sanottu"},
    {"{}: answers {}", "{1}: vastaus {2}"},
    {"the person has left", "henkilö on lähtenyt"},
    {"the server was handed it when this program ended; whether it was taken is not known",
     "viestiä annettiin palvelimelle, kun tämä ohjelma päättyi; ei tiedetä, ottiko palvelin sen vastaan"},
    /* jobs: fetching, mirrors */
    {"the host does not let the server in; register its key there: {}",
     "palvelu ei päästä palvelinta sisään; rekisteröi sinne sen avain: {1}"},
    {"{} cannot be {}: its host says it is elsewhere, where the server does not follow; give the address it leads to "
     "(of many hosts with .git at its end)",
     "{1}: palvelu sanoo sen olevan muualla, minne palvelin ei seuraa; anna osoite, johon se johtaa (monissa "
     "palveluissa sen lopussa on .git)"},
    {"{} cannot be mirrored: {}", "{1}: peilikopiota ei voi perustaa: {2}"},
    {"{} cannot be fetched: {}", "{1}: nouto ei onnistu: {2}"},
    {"{} cannot be pushed to: {}", "{1}: sinne ei voi työntää: {2}"},
    {"{} cannot be read: {}", "{1}: ei voi lukea: {2}"},
    {"{} cannot be reached: {}", "{1}: yhteys ei onnistu: {2}"},
    {"{} cannot be reached: it leads to an address inside, of a kind where the server never goes",
     "{1}: osoite johtaa sisäverkkoon, paikkaan, johon palvelin ei mene koskaan"},
    {"{} cannot be reached: it leads to an address inside, where the server does not go unless its folder's config "
     "says repositories_inside: true",
     "{1}: osoite johtaa sisäverkkoon, johon palvelin menee vain, jos sen kansion config-tiedostossa on "
     "repositories_inside: true"},
    {"{} still has {} refs that lead to what was taken out", "{1}: {2} viitettä johtaa yhä siihen, mikä poistettiin"},
    {"{} holds {}, which is not from here: it is left as it is. Somebody else writes there, or it is no mirror: take "
     "it away there, or name an empty repository",
     "{1}: siellä on {2}, joka ei ole peräisin täältä, joten sinne ei kosketa. Joku muu kirjoittaa sinne, tai se ei "
     "ole peili: poista se sieltä tai nimeä tyhjä repositorio"},
    {"this repository has no mirror", "repositoriolla ei ole peiliä"},
    {"the mirror says refs that are none", "peili antaa viitteitä, jotka eivät ole sellaisia"},
    {"there is no such repository", "sellaista repositoriota ei ole"},
    {"the repository is closed", "repositorio on suljettu"},
    {"the repository has no location: register its path or address",
     "repositoriolla ei ole sijaintia: rekisteröi sen polku tai osoite"},
    {"the location is no absolute path, and no address", "sijainti ei ole absoluuttinen polku eikä osoite"},
    {"git says more than is read", "git kertoo enemmän kuin luetaan"},
    {"a repository is expected: repo:ID", "pitää olla repositorio: repo:ID"},
    /* exchange */
    {"is no column of this register", "ei ole tämän rekisterin sarake"},
    {"stands in two columns", "on kahdessa sarakkeessa"},
    {"rows cannot be matched by a field of this type", "rivejä ei voi yhdistää tämäntyyppisen kentän mukaan"},
    {"rows are to be matched by it, and no column is called so",
     "rivit pitäisi yhdistää sen mukaan, mutta sen nimistä saraketta ei ole"},
    {"new items need a title: no column is called so",
     "uudet kirjaukset tarvitsevat nimen: sen nimistä saraketta ei ole"},
    {"the row has {} cells, the first line {}", "rivillä on {1} solua, ensimmäisellä rivillä {2}"},
    {"is no number of an item", "ei ole kirjauksen numero"},
    {"no item has this number: leave it empty for a new one, which gets the next",
     "millään kirjauksella ei ole tätä numeroa: jätä se tyhjäksi uudelta, joka saa seuraavan"},
    {"is empty, and rows are matched by it", "on tyhjä, ja rivit yhdistetään sen mukaan"},
    {"several items have this: match by number", "usealla kirjauksella on tämä: yhdistä numeron mukaan"},
    {"another row above is about the same item", "aiempi rivi koskee samaa kirjausta"},
    {"the item is not edited in its state any more", "kirjausta ei voi enää muokata siinä tilassa, jossa se on"},
    {"is not the item's state: items are moved, their state is not written",
     "ei ole kirjauksen tila: kirjauksia siirretään, tilaa ei kirjoiteta"},
    {"is nobody who works here", "ei ole kukaan täällä työskentelevä"},
    {"is nobody's address here", "ei ole kenenkään osoite täällä"},
    {"is the address of several people: write person:ID", "on usean henkilön osoite: kirjoita person:ID"},
    {"is nobody's name here: write an address", "ei ole kenenkään nimi täällä: kirjoita osoite"},
    {"is the name of several people: write an address", "on usean henkilön nimi: kirjoita osoite"},
    {"is the name of no group", "ei ole minkään ryhmän nimi"},
    {"is the name of several groups: write group:ID", "on usean ryhmän nimi: kirjoita group:ID"},
    {"is no item that is there", "ei ole olemassa oleva kirjaus"},
    {"is the name of no repository", "ei ole minkään repositorion nimi"},
    {"is the name of several repositories: write repo:ID", "on usean repositorion nimi: kirjoita repo:ID"},
    {"is the name of no project", "ei ole minkään projektin nimi"},
    {"is the name of several projects: write project:ID", "on usean projektin nimi: kirjoita project:ID"},
    {"is nothing that this field may lead to: write a number like SER-1, or a name",
     "ei ole mitään, mihin kenttä voi viitata: kirjoita numero kuten SER-1 tai nimi"},
    {"is neither yes nor no", "ei ole kyllä eikä ei"},
    {"is what several choices are called: write the key", "on usean vaihtoehdon nimi: kirjoita avain"},
    {"is no table: write its rows as JSON, [{\"column\": \"value\"}]",
     "ei ole taulukko: kirjoita rivit JSONina, [{\"sarake\": \"arvo\"}]"},
    {"a quote (\") that begins a cell is never closed", "solun aloittavaa lainausmerkkiä (\") ei suljeta"},
    {"a quote (\") stands within a cell that does not begin with one",
     "lainausmerkki (\") on keskellä solua, joka ei ala sellaisella"},
    {"something stands behind the quote that ends a cell", "solun päättävän lainausmerkin perässä on jotain"},
    {"the row is not UTF-8: save the file as CSV in UTF-8",
     "rivi ei ole UTF-8:aa: tallenna tiedosto CSV-muodossa UTF-8:na"},
    {"the row has a NUL character", "rivillä on NUL-merkki"},
    {"the file is UTF-16: save it as CSV in UTF-8", "tiedosto on UTF-16:ta: tallenna se CSV-muodossa UTF-8:na"},
    {"the file is a workbook or an archive: save it as CSV in UTF-8",
     "tiedosto on työkirja tai paketti: tallenna se CSV-muodossa UTF-8:na"},
    {"a row has more than {} cells", "rivillä on yli {1} solua"},
    {"a row is longer than {} bytes", "rivi on pidempi kuin {1} tavua"},
    {"the file has more than 200,000 rows: divide it", "tiedostossa on yli 200 000 riviä: jaa se osiin"},
    {"the register has changed since: look again at what the file would do",
     "rekisteri on muuttunut: katso uudelleen, mitä tiedosto muuttaisi"},
    {"line {}: somebody has changed the item since you read it (version {}): look at what is new, then do it again; "
     "nothing was imported",
     "rivi {1}: joku on muuttanut kirjausta (versio {2}); mitään ei tuotu"},
    {"its job was ended", "työ keskeytettiin"},
    {"it took too long", "työ kesti liian kauan"},
    {"there is no such register any more", "rekisteriä ei enää ole"},
    {"the file is gone: hand it in again", "tiedosto on poissa: lähetä se uudelleen"},
    /* files.c, types.c */
    {"a file's name has 1 to {} bytes", "tiedoston nimessä on 1–{1} tavua"},
    {"a file's name begins and ends with neither a dot nor a blank",
     "tiedoston nimi ei saa alkaa eikä päättyä pisteeseen tai väliin"},
    {"it is not UTF-8", "ei ole UTF-8:aa"},
    {"it has hidden characters: rename the file", "nimessä on piilomerkkejä: nimeä tiedosto uudelleen"},
    {"it has one of / \\ : * ? \" < > |: rename the file",
     "nimessä on jokin merkeistä / \\ : * ? \" < > |: nimeä tiedosto uudelleen"},
    {"the archive is damaged, or larger than is read",
     "pakattu tiedosto on vioittunut, tai se on suurempi kuin luetaan"},
    {"the document holds macros: save it without them", "asiakirjassa on makroja: tallenna se ilman niitä"},
    {"the file is empty", "tiedosto on tyhjä"},
    {"a file of this kind is not taken; what is: {}",
     "tämän lajin tiedostoja ei oteta vastaan; mitä otetaan: PDF, PNG, JPEG, WebP, teksti, CSV, Markdown, JSON, "
     "toimisto-ohjelmien asiakirjat ilman makroja, ZIP"},
    {"its content is of another kind than its name says: it would be .{}",
     "tiedoston sisältö on muuta lajia kuin nimi kertoo: sen pääte olisi .{1}"},
    {"its content is not what its name says (.{})", "tiedoston sisältö ei ole sitä, mitä nimi kertoo (.{1})"},
    {"its content is no JSON", "tiedoston sisältö ei ole JSONia"},
    {"names a file that is not there: hand it in first", "nimeää tiedoston, jota ei ole: lähetä se ensin"},
    /* names.c, people.c, likenesses.c */
    {"it is empty", "on tyhjä"},
    {"longer than {} bytes", "pidempi kuin {1} tavua"},
    {"not UTF-8 at byte {}", "ei ole UTF-8:aa tavun {1} kohdalla"},
    {"a control or invisible character ({}) at byte {}", "ohjaus- tai näkymätön merkki ({1}) tavun {2} kohdalla"},
    {"two blanks in a row at byte {}", "kaksi peräkkäistä väliä tavun {1} kohdalla"},
    {"begins with a blank (byte {})", "alkaa välillä"},
    {"ends with a blank", "päättyy väliin"},
    {"letters of different scripts in one word, at byte {}",
     "saman sanan kirjaimet ovat eri kirjaimistoista (tavu {1})"},
    {"\"{}\": blanks and letters beyond ASCII cannot stand in one (byte {})",
     "”{1}”: osoitteessa ei voi olla välejä eikä muita kuin ASCII-merkkejä (tavu {2})"},
    {"\"{}\": it is to be like name@example.org", "”{1}”: pitää olla muotoa nimi@example.org"},
    {"more than {} of one person", "yhdellä henkilöllä voi olla enintään {1}"},
    {"\"{}\" stands there twice", "”{1}” on luettelossa kahdesti"},
    {"\"{}\" can be taken for \"{}\", who is here already ({})",
     "”{1}” on sekoitettavissa nimeen ”{2}”, joka on jo käytössä ({3})"},
    {"\"{}\" can be taken for \"{}\", which is somebody's already ({})",
     "”{1}” on sekoitettavissa osoitteeseen ”{2}”, joka on jo jollakulla ({3})"},
    {"\"{}\" can be taken for \"{}\", which is a group already",
     "”{1}” on sekoitettavissa ryhmään ”{2}”, joka on jo olemassa"},
    {"there is no person \"{}\"", "henkilöä ”{1}” ei ole"},
    {"there is no person \"{}\", or not any more", "henkilöä ”{1}” ei ole tai hän on lähtenyt"},
    {"there is no group \"{}\"", "ryhmää ”{1}” ei ole"},
    {"there is no group \"{}\", or not any more", "ryhmää ”{1}” ei ole tai se on suljettu"},
    {"there is no project \"{}\"", "projektia ”{1}” ei ole"},
    {"somebody else changed this person meanwhile: look again",
     "joku muu muutti henkilön tietoja sillä välin: katso uudelleen"},
    {"somebody else changed this group meanwhile: look again", "joku muu muutti ryhmää sillä välin: katso uudelleen"},
    {"this person has left", "henkilö on lähtenyt"},
    {"this person has not left", "henkilö ei ole lähtenyt"},
    {"this person has left, or was never here", "henkilö on lähtenyt, tai häntä ei ole ollutkaan"},
    {"more than {}", "enemmän kuin {1}"},
    /* roles.c */
    {"this is the last Security officer: give somebody else the role, without an end, before it is taken",
     "hän on viimeinen tietoturvavastaava: anna rooli ensin jollekulle muulle, ilman päättymisaikaa"},
    {"{} is given to people one by one, not to groups", "rooli {1} annetaan henkilöille yksitellen, ei ryhmille"},
    {"{} is a role in the whole organization", "{1} on koko organisaation rooli"},
    {"a {}'s role has an end", "roolilla {1} on oltava päättymisaika"},
    {"it lies in the past", "on menneisyydessä"},
    /* tokens.c, links.c, recovery.c */
    {"a token needs an end, which lies ahead", "tunnuksella on oltava päättymisaika, joka on tulevaisuudessa"},
    {"more than {} days ahead", "yli {1} päivän päässä"},
    {"name at least one", "valitse vähintään yksi"},
    {"\"{}\" is none", "”{1}” ei ole oikeus"},
    {"you have {} tokens; revoke one first", "sinulla on {1} tunnusta; peru ensin jokin niistä"},
    {"there is no such token", "sellaista tunnusta ei ole"},
    {"there is no such link, or it was used", "sellaista linkkiä ei ole tai se on käytetty"},
    {"there is no such session", "sellaista istuntoa ei ole"},
    {"there is no second factor", "lisävarmennetta ei ole"},
    {"this session is over", "istunto on päättynyt"},
    /* accounts.c, quality.c, hashing.c */
    {"not UTF-8", "ei ole UTF-8:aa"},
    {"it needs at least {} characters; a few words in a row do well",
     "vähintään {1} merkkiä; muutama sana peräkkäin käy hyvin"},
    {"it is easy to guess for who knows you: your name, address or organization is in it",
     "helppo arvata sinut tuntevalle: siinä on nimesi, osoitteesi tai organisaatiosi"},
    {"it is easy to guess: common words, keys in a row, repetitions or years make most of it; a few unrelated words do "
     "well",
     "helppo arvata: se koostuu enimmäkseen yleisistä sanoista, vierekkäisistä näppäimistä, toistosta tai "
     "vuosiluvuista; muutama toisiinsa liittymätön sana käy hyvin"},
    {"\"{}\" is neither en nor fi", "”{1}” ei ole en eikä fi"},
    {"too many people are signing in at this moment: try again",
     "liian moni kirjautuu juuri nyt: yritä hetken kuluttua uudelleen"},
    /* keys.c and the readers of its formats */
    {"it is empty, or not UTF-8", "on tyhjä tai ei ole UTF-8:aa"},
    {"this is a private key, and is kept nowhere here; take it for known to others now, make a new one, and send its "
     "public half",
     "tämä on yksityinen avain, eikä sitä tallenneta tänne; pidä sitä paljastuneena, tee uusi ja lähetä sen julkinen "
     "puolisko"},
    {"of what is in PEM, public keys of PGP and certificates are taken",
     "PEM-muotoisista kelpaavat PGP:n julkiset avaimet ja varmenteet"},
    {"OpenSSH's are one line; send one at a time", "OpenSSH:n avain on yhdellä rivillä; lähetä yksi kerrallaan"},
    {"it is somebody else's, or was: each person needs a key of their own",
     "se on tai on ollut jonkun muun: jokainen tarvitsee oman avaimen"},
    {"you have it already", "sinulla on se jo"},
    {"you have {} keys; remove one first", "sinulla on {1} avainta; poista ensin jokin niistä"},
    {"there is no such key", "sellaista avainta ei ole"},
    {"it ends too early", "se loppuu kesken"},
    {"its numbers are not those of an RSA key", "sen luvut eivät ole RSA-avaimen lukuja"},
    {"RSA of {} bits; between {} and {} are taken, and Ed25519 is better",
     "{1}-bittinen RSA; kelpaa {2}–{3} bittiä, ja Ed25519 on parempi"},
    {"RSA of {} bits; between {} and {} are taken", "{1}-bittinen RSA; kelpaa {2}–{3} bittiä"},
    {"inside it says another type than before it", "sen sisällä lukee eri tyyppi kuin sen edessä"},
    {"it is on another curve than its type says", "se on eri käyrällä kuin sen tyyppi sanoo"},
    {"its point is not of the right length and form", "sen piste ei ole oikean pituinen ja muotoinen"},
    {"of a security key, without its application", "turva-avaimen avain ilman sovellustietoa"},
    {"something stands behind its end", "sen lopun jälkeen on vielä jotakin"},
    {"something stands behind its end; send one key at a time",
     "sen lopun jälkeen on vielä jotakin; lähetä yksi avain kerrallaan"},
    {"something stands behind its checksum", "sen tarkistussumman jälkeen on vielä jotakin"},
    {"\"{}\" is not taken; ssh-ed25519, ecdsa-sha2-…, ssh-rsa and sk-… are",
     "”{1}” ei kelpaa; ssh-ed25519, ecdsa-sha2-…, ssh-rsa ja sk-… kelpaavat"},
    {"what stands behind its type is no base64", "tyypin jälkeinen osa ei ole base64:ää"},
    {"the line \"{}\" is missing", "rivi ”{1}” puuttuu"},
    {"its block is no base64", "sen sisältö ei ole base64:ää"},
    {"its checksum is not right: it was damaged on the way",
     "sen tarkistussumma ei täsmää: se on vaurioitunut matkalla"},
    {"only version 4 of OpenPGP's keys is taken", "vain OpenPGP-avainten versio 4 kelpaa"},
    {"its algorithm ({}) is not taken; RSA, ECDSA and EdDSA are",
     "sen algoritmi ({1}) ei kelpaa; RSA, ECDSA ja EdDSA kelpaavat"},
    {"its algorithm is not taken; RSA, ECDSA and Ed25519 are",
     "sen algoritmi ei kelpaa; RSA, ECDSA ja Ed25519 kelpaavat"},
    {"of {} bits; RSA of {} to {} bits and ECDSA from 256 are taken",
     "{1}-bittinen; RSA kelpaa {2}–{3}-bittisenä ja ECDSA 256-bittisestä alkaen"},
    {"packet {} is not well formed", "paketti {1} ei ole oikein muodostettu"},
    {"packet {} (tag {}) is none of a public key", "paketti {1} (tunniste {2}) ei kuulu julkiseen avaimeen"},
    {"there are several keys; send one at a time", "avaimia on useita; lähetä yksi kerrallaan"},
    {"it does not begin with a public key", "se ei ala julkisella avaimella"},
    {"there is none in it", "siinä ei ole avainta"},
    {"it is too long", "se on liian pitkä"},
    {"it is too long without its user ids, too; send it without old subkeys",
     "se on liian pitkä myös ilman käyttäjätietoja; lähetä se ilman vanhoja aliavaimia"},
    {"its public key cannot be read", "sen julkista avainta ei voida lukea"},
    {"one certificate is expected, and nothing behind it", "odotetaan yhtä varmennetta eikä mitään sen jälkeen"},
    {"the certificate cannot be read", "varmennetta ei voida lukea"},
    /* import.c */
    {"a quote (\") is not closed, or something stands behind the closing one",
     "lainausmerkki (\") on sulkematta tai sulkevan jälkeen on jotakin"},
    {"{} fields, and {} columns", "{1} kenttää ja {2} saraketta"},
    {"more than {} bytes; send it in parts", "yli {1} tavua; lähetä osissa"},
    {"there is no role \"{}\"", "roolia ”{1}” ei ole"},
    {"there is no role that could end", "ei ole roolia, joka voisi päättyä"},
    {"admin and security_officer are given one by one, by two people",
     "admin ja security_officer annetaan yksitellen, kahden henkilön päätöksellä"},
    {"it is to be a date, as 2027-01-31", "pitää olla päivämäärä, kuten 2027-01-31"},
    {"there is nobody in it", "siinä ei ole ketään"},
    {"the first line names the columns: name and address, and role and until where they are wanted",
     "ensimmäinen rivi nimeää sarakkeet: name ja address, ja tarvittaessa role ja until"},
    {"column \"{}\": the columns are name, address, role and until, each once",
     "sarake ”{1}”: sarakkeet ovat name, address, role ja until, kukin kerran"},
    {"more than {} people; send them in parts", "yli {1} henkilöä; lähetä osissa"},
    /* records/content.c */
    {"is missing", "puuttuu"},
    {"is to be filled in where \"{}\" stands", "täydennettävä kohta: ”{1}”"},
    {"is not ticked wholly", "ei ole kokonaan rastittu"},
    {"is empty: write a title", "on tyhjä: kirjoita otsikko"},
    {"is longer than 400 bytes", "on pidempi kuin 400 tavua"},
    {"is longer than 4,096 bytes", "on pidempi kuin 4 096 tavua"},
    {"is longer than 65,536 bytes", "on pidempi kuin 65 536 tavua"},
    {"is larger than 512 KiB in all", "on yhteensä suurempi kuin 512 kibitavua"},
    {"has line breaks or hidden characters: write one visible line",
     "sisältää rivinvaihtoja tai piilomerkkejä: kirjoita yksi näkyvä rivi"},
    {"has hidden characters: remove them", "sisältää piilomerkkejä: poista ne"},
    {"has more than 100 entries", "sisältää yli 100 kohtaa"},
    {"has more than 500 rows", "sisältää yli 500 riviä"},
    {"is neither true nor false", "ei ole tosi eikä epätosi"},
    {"is no attachment", "ei ole liite"},
    {"is no column of the table", "ei ole taulukon sarake"},
    {"is no row of the table", "ei ole taulukon rivi"},
    {"is no date like 2026-06-30", "ei ole päivämäärä muotoa 2026-06-30"},
    {"is no decimal number like 12 or 12.5", "ei ole desimaaliluku kuten 12 tai 12.5"},
    {"is no field of this kind", "ei ole tämän lajin kenttä"},
    {"is no group", "ei ole ryhmä"},
    {"is no person", "ei ole henkilö"},
    {"is no number of days up to 36,500", "ei ole päivien määrä, enintään 36 500"},
    {"is no requirement point that an item of this kind can show",
     "ei ole vaatimuskohta, jonka tämän lajin kirjaus voi osoittaa"},
    {"is none of the choices", "ei ole mikään vaihtoehdoista"},
    {"is not a list", "ei ole luettelo"},
    {"is not a text", "ei ole teksti"},
    {"is not of the field's type", "ei ole kentän tyyppiä"},
    {"names a point twice", "nimeää kohdan kahdesti"},
    {"names more than 200 points", "nimeää yli 200 kohtaa"},
    {"does not lead to what this field may lead to", "ei johda siihen, mihin tämä kenttä saa johtaa"},
    /* hooks, mail, notices, jobs, files */
    {"too many messages wait for webhooks", "liian moni viesti odottaa webhookeihin lähettämistä"},
    {"there is no such delivery", "sellaista lähetystä ei ole"},
    {"there is no such webhook", "sellaista webhookia ei ole"},
    {"1 to 100 bytes are expected", "pitää olla 1–100 tavua"},
    {"1 to {} types are expected", "pitää olla 1–{1} lajia"},
    {"events[{}]: is no type of event", "events[{1}]: ei ole tapahtumalaji"},
    {"somebody else has changed this webhook meanwhile", "joku muu on muuttanut webhookia sillä välin"},
    {"there are at most {} webhooks", "webhookeja voi olla enintään {1}"},
    {"an https address is expected", "pitää olla https-osoite"},
    {"an https address is expected; http goes to this machine alone, when that is said",
     "pitää olla https-osoite; http käy vain tähän koneeseen, kun niin on sanottu"},
    {"over {} bytes", "yli {1} tavua"},
    {"a host is expected, without user and password", "pitää olla palvelin ilman käyttäjää ja salasanaa"},
    {"{}: mail cannot go to this address", "{1}: tähän osoitteeseen ei voi lähettää postia"},
    {"{}: mail cannot come from this address", "{1}: tästä osoitteesta ei voi lähettää postia"},
    {"too many messages wait for the mail server", "liian moni viesti odottaa postipalvelinta"},
    {"there is no such message, or it does not wait for that", "sellaista viestiä ei ole, tai se ei odota tätä"},
    {"no mail server is set up", "postipalvelinta ei ole määritetty"},
    {"a field of the mail server is too long", "jokin postipalvelimen kenttä on liian pitkä"},
    {"somebody else has changed the mail server meanwhile", "joku muu on muuttanut postipalvelinta sillä välin"},
    {"1 to 65535 are expected", "pitää olla 1–65535"},
    {"a password is never sent without encryption", "salasanaa ei koskaan lähetetä salaamatta"},
    {"quiet hours: 0 to 23 are expected", "hiljaisten tuntien pitää olla 0–23"},
    {"there is no such file", "sellaista tiedostoa ei ole"},
    {"there is no job of this id", "työtä ei ole tällä tunnisteella"},
    {"too many jobs wait; try again when some have ended",
     "liian moni työ odottaa; yritä uudelleen, kun niitä on valmistunut"},
    {"the job has ended already", "työ on jo päättynyt"},
    /* exchange */
    {"{} faults: nothing was imported", "{1} virhettä: mitään ei tuotu"},
    {"there is no such import: it is forgotten after a day",
     "sellaista tuontia ei ole: se unohdetaan vuorokauden kuluttua"},
    {"this is not what was told of the file, or it is being done already",
     "tämä ei ole se, mitä tiedostosta kerrottiin, tai sitä tehdään jo"},
    {"an import is expected: import:ID", "pitää olla tuonti: import:ID"},
    {"a task was changed meanwhile: look at it again", "jotakin tehtävää on muutettu sillä välin: katso uudelleen"},
    {"the file has faults: nothing is taken", "tiedostossa on virheitä: mitään ei tuoda"},
    /* identity */
    {"too many wrong guesses: try again in {} seconds",
     "liian monta väärää yritystä: yritä uudelleen {1} sekunnin kuluttua"},
    {"too long to be compared", "liian pitkä verrattavaksi"},
    {"this code is not right, or was used before", "koodi on väärä tai jo käytetty"},
    {"{} is given to people, not to bots", "rooli {1} annetaan ihmisille, ei boteille"},
    {"the payload is none of a role", "sisältö ei ole roolin"},
    {"this is no session", "tämä ei ole istunto"},
};

/* Whether s is the pattern with something for each hole. */
static bool matches(struct str s, struct str pattern, struct str holes[HOLES])
{
    size_t n = 0;
    for (;;) {
        const char *hole = str_find(pattern, STR("{}"));
        struct str piece = hole ? str_slice(pattern, 0, (size_t)(hole - pattern.p)) : pattern;
        if (!str_starts(s, piece)) return false;
        s = str_slice(s, piece.n, s.n);
        if (!hole) return s.n == 0;
        pattern = str_slice(pattern, piece.n + 2, pattern.n);
        const char *next = str_find(pattern, STR("{}"));
        struct str until = str_slice(pattern, 0, next ? (size_t)(next - pattern.p) : pattern.n);
        const char *end = next ? str_find(s, until) : s.p + (s.n >= until.n ? s.n - until.n : s.n + 1);
        if (!end || end > s.p + s.n || n == HOLES) return false;
        holes[n++] = str_slice(s, 0, (size_t)(end - s.p));
        s = str_slice(s, (size_t)(end - s.p), s.n);
    }
}

static const char *fill(struct ctx *cx, const char *fi, const struct str holes[HOLES])
{
    scoped_buf out;
    buf_init(&out, 4096);
    for (const char *p = fi; *p; p++) {
        bool hole = p[0] == '{' && p[1] >= '1' && p[1] <= '0' + HOLES && p[2] == '}';
        if (hole) {
            buf_str(&out, holes[p[1] - '1']);
            p += 2;
        } else {
            buf_char(&out, *p);
        }
    }
    return arena_cstr(&cx->arena, buf_view(&out));
}

/* How much of a text a pair says itself, so that "more than {} bytes" goes before "more than {}". */
static size_t said(const char *en)
{
    size_t n = strlen(en);
    for (const char *hole = strstr(en, "{}"); hole; hole = strstr(hole + 2, "{}")) n -= 2;
    return n;
}

static const struct text_pair *closest(const struct text_pair *pairs, size_t n, const char *text,
                                       const struct text_pair *best)
{
    struct str holes[HOLES];
    for (size_t i = 0; i < n; i++)
        if (matches(str_from(text), str_from(pairs[i].en), holes) && (!best || said(pairs[i].en) > said(best->en)))
            best = &pairs[i];
    return best;
}

static const char *find(struct ctx *cx, const char *text)
{
    struct str holes[HOLES];
    const struct text_pair *best = closest(texts, sizeof texts / sizeof *texts, text, NULL);
    best = closest(texts_fi_gates, texts_fi_gates_n, text, best);
    best = closest(texts_fi_libraries, texts_fi_libraries_n, text, best);
    best = closest(texts_fi_evidence, texts_fi_evidence_n, text, best);
    return best && matches(str_from(text), str_from(best->en), holes) ? fill(cx, best->fi, holes) : NULL;
}

/* Of `NAME: …`, or `line 3, byte 14: …`: what stands before it as it is to be shown; *rest is the text behind. */
static const char *opening(struct ctx *cx, const char *text, const char **rest)
{
    struct str holes[HOLES];
    int64_t line, byte;
    const char *p = text;
    if (matches(str_from(text), STR("line {}, byte {}: {}"), holes) && str_to_i64(holes[0], 0, INT64_MAX, &line) &&
        str_to_i64(holes[1], 0, INT64_MAX, &byte)) {
        *rest = holes[2].p;
        return arena_printf(&cx->arena, "rivi %lld, tavu %lld: ", (long long)line, (long long)byte).p;
    }
    while ((*p >= 'a' && *p <= 'z') || (p > text && strchr("0123456789_.[]", *p) && *p)) p++;
    if (p == text || strncmp(p, ": ", 2) != 0) return NULL;
    *rest = p + 2;
    return arena_printf(&cx->arena, "%.*s: ", (int)(p - text), text).p;
}

const char *text_fi(struct ctx *cx, const char *text)
{
    const char *found = find(cx, text), *rest;
    if (found) return found;
    const char *before = opening(cx, text, &rest);
    if (!before) return text;
    found = text_fi(cx, rest); /* each time it is shorter */
    return found == rest ? text : arena_printf(&cx->arena, "%s%s", before, found).p;
}
