//! Words around those of the fields: who they belong to, what holds them, and what is beside a phone that is not the
//! contact's own. Written as in [`super::table`].

/// What says in a longer header that someone does not want to be written to.
pub(super) const REFUSALS: &str = "unsubscribed, opted out, opt out, do not call, do not contact, do not email, do not sms, \
                        do not text, do not message, do not whatsapp, do not disturb, blacklisted, blocklisted, unsubscribe, no marketing, \
                        no contact, donotphone, do not phone, donotemail, donotbulkemail, do not allow, desuscrito, désabonné, désinscrit, ne pas contacter, ne pas appeler, no contactar, no llamar, \
                        dado de baja, não contatar, não ligar, descadastrado, non contattare, disiscritto, revocato, widerrufen, \
                        widerruf, abgemeldet, abbestellt, werbesperre, kontaktsperre, keine werbung, nicht kontaktieren, nicht anrufen, \
                        niet benaderen, niet bellen, uitgeschreven, afgemeld, nie kontaktować, wypisany, отписан, отписался, \
                        не звонить, не беспокоить, aranmasın";

/// What says in a longer header that someone wants to be written to.
pub(super) const CONSENTS: &str = "opt in, optin, opted in, optedin, double opt in, consent, consents, consented, consent given, permission to contact, \
    accepts marketing, accepts email marketing, accepts sms marketing, accepts whatsapp, accepts messages, \
    subscriber status, subscription status, marketing permission, ok to contact, may contact, gdpr consent, \
    newsletter, can we contact, may we contact, can we message, may we message, can we send, may we send, can we text, \
    can we whatsapp, may we call, would you like to receive, do you want to receive, \
    msg whatsapp, msg sms, msg email, msg push, marketing allowed, allow marketing, allow sms, allow whatsapp, may be contacted, can be contacted, \
    agree to be contacted, agree to be messaged, agree to receive, agrees to be contacted, agreed to be contacted, erlaubt, erlaubnis, abonniert, autorisation, autorise, abonné, autoriza, autorizo, \
    autorización, autorização, suscrito, concorda, autorizza, autorizzazione, iscritto, akkoord, godkänner, tilladelse, tillatelse, \
    разрешение, подписан, izinli, \
    einwilligung, zustimmung, einverstanden, einverständnis, werbeeinwilligung, consentement, accord marketing, \
    accepte, consentimiento, acepta, consentimento, aceita, consenso, acconsente, toestemming, samtycke, \
    samtykke, suostumus, zgoda, souhlas, súhlas, hozzájárulás, privola, pristanak, soglasje, consimțământ, \
    consimtamant, acord marketing, согласие, согласен, згода, съгласие, сагласност, onay, iletişim izni, pazarlama izni, rıza, \
    persetujuan, setuju, kebenaran, sutikimas, nõusolek, piekrišana, συγκατάθεση, συναίνεση, הסכמה, \
    الموافقة, موافقة, رضایت, सहमति, সম্মতি, சம்மதம், సమ్మతి, đồng ý, chấp thuận, ความยินยอม, idhini, pahintulot";

/// Words for a country. Its column may hold calling codes too.
pub(super) const COUNTRIES: &str = "country, nation, país, pays, paese, land, nazione, negara, ülke, kraj, země, krajina, ország, țară, țara, \
    maa, χώρα, страна, країна, държава, држава, država, šalis, valsts, riik, ארץ, מדינה, الدولة, دولة, البلد, بلد, کشور, ملک, \
    देश, দেশ, நாடு, దేశం, 国, 国家, 國家, 国名, 국가, 국가명, quốc gia, ประเทศ, nchi, bansa";

/// Words for what has a country that need not be the one of the phone.
pub(super) const OTHER_COUNTRIES: &str = "birth, born, birthplace, nationality, citizenship, citizen, passport, origin, language, \
    languages, lang, locale, tax, visa, destination, employer, company, nacimiento, nacionalidad, naissance, nationalité, \
    nascimento, nacionalidade, nascita, nazionalità, geburts, geburtsort, geburtsland, herkunftsland, staatsangehörigkeit, \
    sprache, idioma, langue, lingua, origine, origen, origem";

/// Words in front of a field that only say whose it is, or ask for it.
pub(super) const QUALIFIERS: &str = "your, you, my, the, a, contact, contacts, customer, client, lead, person, member, student, \
    guest, recipient, subscriber, patient, buyer, attendee, invitee, participant, applicant, candidate, employee, user, \
    visitor, donor, tenant, passenger, traveller, traveler, registrant, respondent, receiver, consignee, enter, \
    please, provide, what, is, are, s, best, full, ihr, ihre, deine, dein, \
    kunde, kunden, kontakt, votre, vos, quel, quelle, est, tu, su, cuál, es, cliente, contacto, qual, seu, sua, o, e, \
    meu, il, tuo, tua, suo, आपका, आपकी, अपना, ваш, ваше, ваша, ваши, укажите, введите, клиент, контакт, twój, twoje, uw, \
    je, jouw, klant, váš, vaše, 您的, 你的";

/// Objects that only hold the contact, so that what they contain means the same as it would without them.
pub(super) const HOLDERS: &[&str] = &[
    "contact",
    "profile",
    "properties",
    "user details",
    "userdetails",
    "user",
    "customer",
    "person",
    "data",
    "fields",
    "details",
    "info",
    "record",
    "merge fields",
    "mergefields",
    "attributes",
    "lead",
    "subscriber",
    "client",
    "member",
    "recipient",
    "contact info",
    "contactinfo",
    "contact details",
    "personal",
    "personal info",
    "node",
    "_source",
    "source",
    "item",
    "user profile",
    "custom fields",
    "payload",
    "json",
    "billing",
    "answers",
    "questions and answers",
    "field data",
    "traits",
    "doc",
    "telecom",
    "identity profiles",
    "identities",
    "custom attributes",
    "custom fields values",
    "contact methods",
    "contact points",
    "channels",
    "communications",
    "name value list",
    "attrs",
    "attr",
    "props",
    "params",
    "parameters",
    "metadata",
    "extra",
    "extras",
    "additional fields",
    "additional data",
    "additional info",
    "custom data",
    "custom values",
    "form data",
    "form fields",
    "form response",
    "responses",
    "submission",
    "inputs",
    "user data",
    "userdata",
    "user attributes",
    "questions",
];

/// Words for a nickname.
pub(super) const NICKNAMES: &str = "nickname, nick name, spitzname, surnom, apodo, apelido, soprannome";

/// Words for the firm that a contact is, or works for.
pub(super) const ORGANISATIONS: &str = "organization, organisation, organization name, organisation name, org, org name, \
    company, company name, companyname, firm, firm name, firma, firmenname, unternehmen, empresa, nombre de la empresa, \
    nome da empresa, razón social, razao social, razão social, société, societe, entreprise, azienda, ragione sociale, bedrijf, \
    bedrijfsnaam, şirket, компания, организация, название компании, 公司, 公司名称, 会社, 会社名, 회사, 회사명, perusahaan";

/// Words that say where a phone or an address is kept, and not what it is.
pub(super) const PLACES: &str = "home, work, private, personal, billing, contact, business, office, customer, shipping, privat, \
    geschäftlich, geschaftlich, casa, trabajo, trabalho, pessoal, particular, perso, travail, professionnel, principal, \
    primary, main, lavoro, prive, werk";

/// The number among the parts of a phone.
pub(super) const PHONE_PARTS: [&str; 10] = [
    "number",
    "phone",
    "phone number",
    "phonenumber",
    "e164",
    "full",
    "full number",
    "international",
    "national number",
    "free form number",
];

/// The address among the parts of an e-mail.
pub(super) const EMAIL_PARTS: [&str; 5] = ["email", "address", "email address", "emailaddress", "addr"];

/// What stands with a phone that is not the contact's own, or no number at all.
pub(super) const NEVER: &[&str] = &[
    "fax",
    "faks",
    "telefax",
    "faxnummer",
    "télécopie",
    "факс",
    "φαξ",
    "传真",
    "傳真",
    "팩스",
    "pager",
    "telex",
    "tty",
    "isdn",
    "assistant",
    "asst",
    "manager",
    "emergency",
    "type",
    "label",
    "yomi",
    "phonetic",
    "opt",
    "blacklisted",
    "id",
];
