//! The words for the fields of a contact, in every language in which we have seen them.
//!
//! To know another word, add it to the table. Words are written as [`super::normal`] leaves them: lower case, one space
//! between words, no marks on Latin letters needed, numbers left out (`E-mail 1 - Value` is `e mail value`).

use super::Meaning::{
    self, Area, Country, Email, First, FirstOrName, Last, LastPhone, Name, NameOrLast, NameOrPhone, OptIn, OptOut,
    PerhapsName, PerhapsPhone, PerhapsPrefix, Phone, Prefix, PrefixOrArea, Region, Tags,
};
use super::modifiers::COUNTRIES;

/// Every word, by meaning; separated by commas.
pub(super) const WORDS: &[(Meaning, &str)] = &[
    (
        First,
        "first name, firstname, name given name, name given, first, fname, given name, givenname, forename, vorname, prénom, \
         primeiro nome, primer nombre, имя пользователя, nama depan, 名, الاسم الأول, الاسم الاول, पहला नाम, \
         name first, имя и отчество, voornaam, imię, förnamn, fornavn, etunimi, όνομα, prenume, \
         person first name, contact first name, billing first name, names given name, 名字 名, n given, \
         jméno, křestní jméno, meno, krstné meno, utónév, keresztnév, eesnimi, vārds, ім я, שם פרטי, \
         first name s, nama pertama, prénoms, prénom s, nombre de pila, tên đệm và tên, tên gọi, given, \
         contact first, fornafn, eiginnafn, billing firstname, shipping first name, full name first name, \
         name first name, full name first, ชื่อจริง",
    ),
    (FirstOrName, "nombre, nombres, nome, ad, имя, adı, nombre s, име, ime, vardas, ชื่อ, 이름"),
    (
        Last,
        "last name, lastname, sn, name family name, name family, last, lname, surname, family name, familyname, nachname, familienname, \
         apellido, apellidos, apellido s, sobrenome, último nome, apelido, cognome, soyad, soyadı, soyisim, \
         фамилия, nama belakang, 姓, 姓氏, اسم العائلة, اللقب, उपनाम, nom de famille, name last, achternaam, \
         nazwisko, efternamn, efternavn, etternavn, sukunimi, επώνυμο, nume de familie, person last name, \
         contact last name, billing last name, names family name, n family, příjmení, priezvisko, \
         vezetéknév, családnév, perekonnanimi, uzvārds, pavardė, прізвище, презиме, фамилно име, שם משפחה, \
         prezime, priimek, นามสกุล, 성, name last name, full name last name, full name last, \
         shipping last name, primer apellido, 1er apellido, apellido paterno, familiennamn, eftirnafn, sur name, \
         nom famille, الكنية, اسم الأسرة, اسم عائلة, 苗字",
    ),
    (NameOrLast, "name, nom, nume"),
    (
        Name,
        "full name, fullname, real name, realname, name formatted, name full name, name display name, display name, displayname, contact name, customer name, client name, \
         lead name, person name, user name, member name, student name, guest name, recipient name, \
         subscriber name, your name, your full name, what s your name, what is your name, name full, \
         name display, saved name, public name, nombre completo, nombre y apellido, nombre y apellidos, \
         nome completo, nome e cognome, nome e sobrenome, nom complet, nom et prénom, nom prénom, \
         nom et prénoms, prénom et nom, vollständiger name, vor und nachname, nama, nama lengkap, \
         nama kontak, नाम, पूरा नाम, नाव, الاسم, الاسم الكامل, اسم, اسم العميل, ad soyad, adı soyadı, isim, \
         ad soyadı, isim soyisim, фио, ф и о, полное имя, имя и фамилия, имя фамилия, 姓名, 名字, 客户姓名, \
         联系人, 联系人姓名, 全名, お名前, 氏名, 名前, 성명, naam, volledige naam, imię i nazwisko, namn, \
         navn, nimi, ονοματεπώνυμο, tên, họ tên, họ và tên, nomor kontak nama, user provided name, \
         userprovidedname, names display name, formatted name, fn, নাম, பெயர், పేరు, नाम व आडनाव, jina, שם, \
         שם מלא, نام, نام کامل, név, teljes név, celé jméno, jméno a příjmení, meno a priezvisko, \
         ime i prezime, ime in priimek, nazwa, nazwa kontaktu, vardas pavardė, vardas ir pavardė, \
         ees ja perekonnanimi, vārds uzvārds, піб, п і б, повне ім я, полное имя контакта, имя контакта, \
         anzeigename, vollständiger name des kontakts, kontaktname, kundenname, name vorname, vorname name, \
         nachname vorname, vorname nachname, vorname und nachname, nom à afficher, nom du contact, \
         nom client, nom du client, nombre del contacto, nombre del cliente, nombre de contacto, \
         nombre cliente, nombres y apellidos, apellidos y nombres, apellidos nombre, nome do contato, \
         nome do cliente, nome cliente, nome contatto, nome visualizzato, cognome e nome, cognome nome, \
         nome e apelido, nama anda, nama pelanggan, nama siswa, nama pemilik, nama peserta, nama customer, \
         adınız soyadınız, ad soyadınız, müşteri adı, kişi adı, isim soyad, fullt namn, fulde navn, \
         fullt navn, koko nimi, visningsnamn, vist navn, contactnaam, klantnaam, weergavenaam, \
         last name first name, first name last name, first and last name, first last name, \
         first name and last name, name and surname, name surname, surname name, name of customer, \
         name of client, name of student, name of the student, name of the customer, name as per id, \
         attendee name, pushname, push name, profile name, whatsapp name, wa name, whatsapp profile name, \
         notify, notify name, contact full name, contact person, referente, contact person name, contactperson, ansprechpartner, persona de contacto, \
         persona di contatto, personne de contact, pessoa de contato, контактное лицо, 担当者, 담당자, contact display name, lead full name, billing name, shipping name, \
         연락처 이름, 고객명, 성함, 고객 이름, 顧客名, お客様名, 表示名, 會員姓名, 客戶姓名, 聯絡人, \
         聯絡人姓名, 顯示名稱, الاسم بالكامل, الاسم الثلاثي, اسم العضو, اسم الزبون, ชื่อ นามสกุล, ชื่อ สกุล, \
         ชื่อเต็ม, họ và tên khách hàng, tên khách hàng, tên liên hệ, họ tên khách hàng, ग्राहक का नाम, \
         ग्राहक नाम, গ্রাহকের নাম, পুরো নাম, நபர் பெயர், పూర్తి పేరు, ಹೆಸರು, പേര്, નામ, ਨਾਮ, jina kamili, majina, \
         buong pangalan, pangalan, isim soyisminiz, emri, nume complet, nume și prenume, nume prenume, \
         numele, επωνυμία, όνομα και επώνυμο, όνομα επώνυμο",
    ),
    (
        PerhapsName,
        "cn, common name, customer, client, cliente, kunde, klant, müşteri, клиент, lead, person, persona, attendee, guest, patient, student, \
         member, subscriber, invitee, party name, party, ledger name",
    ),
    (
        Phone(0),
        "whatsapp, whatsapp number, whatsapp no, whatsapp phone, whatsapp phone number, whatsapp mobile, \
         whatsapp mobile number, whatsapp contact, whatsapp contact number, wa, wa number, waid, \
         nomor wa, no wa, nomor whatsapp, no whatsapp, whats app, whats app number, whatsapp nummer, \
         número de whatsapp, numero whatsapp, número whatsapp, numéro whatsapp, num whatsapp, \
         telefone whatsapp, teléfono whatsapp, telefono whatsapp, zap, wa phone, whats, \
         व्हाट्सएप, व्हाट्सएप नंबर, واتساب, رقم واتساب, رقم الواتساب, ватсап, номер whatsapp, whatsapp numarası, \
         phone whatsapp, phone whatsapp number, mobile whatsapp, mobile whatsapp number, \
         mobile number whatsapp, phone number whatsapp, contact whatsapp, contact whatsapp number, \
         whatsapp active number, active whatsapp number, whatsapp nr, whatsapp num, whatsapp tel, \
         whatsapp telefon, whatsapp telefonnummer, whatsapp handynummer, nr whatsapp, numéro de whatsapp, \
         téléphone whatsapp, celular whatsapp, whatsapp celular, cel whatsapp, número do whatsapp, \
         número de celular whatsapp, telefone celular whatsapp, numero di whatsapp, nomor whatsapp aktif, \
         no wa aktif, nomer wa, nomer whatsapp, no hp wa, no wa hp, whatsapp aktif, whatsapp telefonu, \
         whatsapp numaranız, номер вотсап, вотсап, вацап, номер ватсап, whatsapp телефон, رقم الواتس, \
         الواتساب, واتس, رقم الواتس اب, واتس اب, व्हाट्सऐप नंबर, व्हाट्सएप नं, व्हॉट्सअॅप नंबर, হোয়াটসঅ্যাপ নম্বর, \
         வாட்ஸ்அப் எண், whatsapp 号码, whatsapp号码, whatsapp 번호, whatsapp番号, số whatsapp, numer whatsapp, \
         whatsappnummer, urn whatsapp",
    ),
    (
        PerhapsPhone(0),
        "urn, remote jid, sms, sms number, wp, jid, whatsapp jid, chat id, user jid, participant, participants",
    ),
    (
        Phone(1),
        "mobile, mobile phone, general mobile, home mobile, phone e164, phones e164, phone e164 number, e164, \
         phone numbers canonical form, mobile number, mobile no, mobile phone number, mobile num, mob, mob no, \
         mob number, cell, cell phone, cellphone, cell number, cell no, cell phone number, mobiltelefon, \
         handy, natel, handynummer, mobil, mobilnummer, mobilfunk, mobilfunknummer, handy nr, telefon mobil, \
         tel mobil, mobilrufnummer, portable, tél mobile, tel mobile, téléphone mobile, téléphone portable, \
         tél portable, tel portable, numéro de portable, numéro de mobile, numéro mobile, gsm, gsm no, \
         gsm numarası, móvil, teléfono móvil, tfno móvil, tlf móvil, tlfno móvil, मो नं, मो न, मोबा नं, no telp hp, no hp telp, telp hp, no telepon hp, no hp telepon, nomor telepon hp, tel móvil, tel movil, número de móvil, número móvil, celular, \
         teléfono celular, número de celular, número celular, no celular, no de celular, no de teléfono, \
         no teléfono, no de telefone, no telefone, n celular, tel celular, telefone celular, telemóvel, \
         telemovel, no telemóvel, telefone móvel, cellulare, numero cellulare, numero di cellulare, \
         telefono cellulare, tel cellulare, telefonino, nomor hp, no hp, handphone, hp, nomor handphone, \
         no handphone, nomor ponsel, no ponsel, ponsel, मोबाइल, मोबाइल नंबर, मोबाईल, मोबाईल नंबर, \
         मोबाईल क्रमांक, رقم الجوال, الجوال, جوال, الهاتف الجوال, الهاتف المحمول, رقم الهاتف المحمول, \
         رقم المحمول, الموبايل, رقم الموبايل, موبايل, النقال, رقم النقال, cep telefonu, \
         cep telefonu numarası, cep tel, cep no, cep numarası, мобильный, мобильный телефон, \
         мобильный номер, номер мобильного, номер мобильного телефона, моб телефон, моб тел, сотовый, \
         сотовый телефон, 手机, 手机号, 手机号码, 移动电话, 手機, 手機號碼, 携帯, 携帯電話, 携帯番号, \
         휴대폰, 휴대전화, 휴대폰번호, 휴대폰 번호, mobiel, mobiel nummer, mobiele telefoon, \
         telefon komórkowy, komórka, numer komórki, mobilnr, mobiltelefonnummer, matkapuhelin, κινητό, \
         κινητό τηλέφωνο, telefon mobil numar, di động, số di động, điện thoại di động, มือถือ, เบอร์มือถือ, \
         মোবাইল, মোবাইল নম্বর, மொபைல், نوبائل, موبائل, موبائل نمبر, موبایل, شماره موبایل, נייד, טלפון נייד, \
         cellular, person phone mobile, phone mobile, phones mobile, mobile value, phone cell, mobilephone, \
         mobile tel, mobile telephone, mobile contact, mobile contact number, mobiles, cel, cel no, \
         cell phone no, cell mobile, iphone, phone iphone, mobil tel nr, mobil tel, mobile nr, \
         mobile nummer, mobilní telefon, mobilní číslo, mobilný telefón, mobilni telefon, mobilni, mobitel, \
         broj mobitela, mobilszám, mobil szám, mobil száma, numer telefonu komórkowego, tel komórkowy, \
         tel kom, nr komórkowy, nr telefonu komórkowego, mobilus telefonas, mobilusis, mobilusis telefonas, mobiiltelefon, \
         mobiil, mobilais tālrunis, мобільний телефон, мобільний, номер мобільного, мобилен телефон, \
         мобилен, мобилни телефон, телефон переносной, телефон мобильный, телефон сотовый, номер сотового, \
         сот тел, מספר נייד, טלפון סלולרי, סלולרי, هاتف جوال, هاتف محمول, رقم جوال, رقم موبايل, \
         رقم الجوال للتواصل, رقم الهاتف الجوال, جوال المستلم, شماره همراه, تلفن همراه, 行動電話, \
         行動電話號碼, 手機號, 移动电话号码, 移动号码, 联系手机, 携帯電話番号, 휴대 전화, 휴대전화번호, \
         휴대 전화 번호, 핸드폰, 핸드폰번호, โทรศัพท์มือถือ, เบอร์โทรศัพท์มือถือ, หมายเลขโทรศัพท์มือถือ, \
         số điện thoại di động, đtdd, nomer hp, nomer handphone, nomor telepon seluler, telepon seluler, \
         seluler, telefon bimbit, no telefon bimbit, nombor telefon bimbit, cep telefonu no, \
         cep telefonunuz, cep numaranız, gsm tel, mobil telefon, mobiltelefon nr, mobiltlf, mobil nr, \
         matkapuhelinnumero, κινητο τηλ, αριθμός κινητού, τηλέφωνο κινητό, numéro de téléphone portable, \
         numéro de téléphone mobile, tél port, n portable, n mobile, n de portable, mobile perso, \
         número de teléfono celular, número de teléfono móvil, tel cel, num celular, celular contato, \
         celular principal, número celular whatsapp, n telemóvel, número de telemóvel, \
         numero di telefono cellulare, tel cell, recapito cellulare, मोबाइल नं, मोबाइल संख्या, मोबाइल फोन, \
         मोबाईल नं, মোবাইল নাম্বার, கைபேசி எண், மொபைல் எண், మొబైల్, మొబైల్ నంబర్, ಮೊಬೈಲ್, ಮೊಬೈಲ್ ಸಂಖ್ಯೆ, മൊബൈൽ, \
         മൊബൈൽ നമ്പർ, મોબાઇલ, મોબાઈલ, મોબાઇલ નંબર, મોબાઈલ નંબર, ਮੋਬਾਈਲ, ਮੋਬਾਈਲ ਨੰਬਰ, mobiele nummer, \
         mobiel nr, gsm nummer, gsm nr, telefon mobil nr, nr mobil, celulares, mobile business, mobile work, \
         work mobile, work mobile phone, business mobile, business mobile phone, personal mobile, \
         personal mobile phone, personal mobile number, mobile personal, mobile private, mobile primary, \
         primary mobile, primary mobile number, registered mobile, registered mobile no, registered mobile number, registered phone number, private mobile, primary mobile phone, person mobile phone, \
         phones cell, sms phone",
    ),
    (PerhapsPhone(1), "cep"),
    (
        Phone(2),
        "phone phone number, phone international number, phone, urn tel, default phone number, default phone, phone nos, phone number, phone no, phone num, phonenumber, phoneno, phones, phone numbers, ph, ph no, \
         phone nr, telephone, telephone number, telephone no, tel, tel no, tel number, contact number, \
         contact no, contact phone, contact phone number, contact mobile, contact mobile number, \
         customer phone, customer phone number, client phone, lead phone, msisdn, telefon, telefonnummer, \
         telefon nr, tel nr, rufnummer, téléphone, numéro de téléphone, numéro téléphone, n téléphone, \
         n de téléphone, tél, num tel, num téléphone, numéro de tél, teléfono, telefono, número de teléfono, \
         numero di telefono, numero telefono, número telefónico, teléfono de contacto, tfno, tlfno, telefone, \
         número de telefone, número telefone, telefone de contato, telefone contato, telefone para contato, \
         fone, contato, nomor telepon, no telepon, telepon, telp, no telp, nomor telp, no tlp, nomor kontak, \
         no kontak, फ़ोन, फोन, फोन नंबर, फ़ोन नंबर, फोन नं, दूरध्वनी, दूरध्वनी क्रमांक, संपर्क नंबर, الهاتف, \
         رقم الهاتف, هاتف, رقم التليفون, التليفون, رقم الاتصال, رقم التواصل, telefon numarası, telefon no, \
         iletişim numarası, телефон, номер телефона, тел, контактный телефон, no телефона, 电话, 电话号码, \
         联系电话, 联系方式, 電話, 電話番号, 電話號碼, 联系号码, 전화, 전화번호, 연락처, telefoon, \
         telefoonnummer, tel nummer, numer telefonu, nr telefonu, nr tel, telefonnr, puhelin, puhelinnumero, \
         τηλέφωνο, număr de telefon, numar telefon, điện thoại, số điện thoại, sđt, sdt, โทรศัพท์, เบอร์โทร, \
         เบอร์โทรศัพท์, ফোন, ফোন নম্বর, தொலைபேசி, தொலைபேசி எண், ఫోన్, ఫోన్ నంబర్, فون, فون نمبر, تلفن, \
         شماره تلفن, شماره تماس, טלפון, מספר טלפון, simu, namba ya simu, nambari ya simu, phone value, \
         phones value, phone numbers value, phone number value, phones number, phones phone number, \
         phones phone, person phone, phone full, full phone number, \
         phone with country code, phone number with country code, mobile number with country code, \
         international phone, international number, your phone number, your phone, user phone, \
         user phone number, member phone, student phone, guest phone, recipient phone, subscriber phone, \
         sms phone number, telefonní číslo, telefónne číslo, telefón, \
         telefonszám, telefonas, telefono numeris, tel numeris, telefoninumber, tālrunis, tālruņa numurs, \
         номер телефону, телефон контакта, телефон клиента, телефонен номер, телефонски број, број телефона, \
         broj telefona, telefonska številka, telefonski broj, numer tel, telefon kontaktowy, tel kontaktowy, \
         kontakttelefon, kontaktnummer, rufnr, telnr, fon, tlf, tlf nr, tlf nummer, telefonnummer mobil, \
         sími, símanúmer, teléfonos, teléfono cliente, teléfono contacto, teléfono del cliente, \
         teléfono de cliente, núm de teléfono, num de teléfono, nro de teléfono, nro teléfono, nro telefono, \
         nro de telefono, telefone cliente, telefone do cliente, telefones, fone contato, numero di tel, \
         recapito telefonico, recapito, n telefono, n di telefono, téléphone client, téléphone contact, \
         téléphone du contact, n tél, n de tél, coordonnées téléphoniques, nomer telepon, nomer telp, \
         nomor telepon wa, no tel, no telefon, nombor telefon, no telpon, nomor telpon, telpon, \
         telefon numaranız, telefonunuz, iletişim no, contact tel, contact telephone, \
         contact telephone number, contact num, contact nos, phone contact, phone and whatsapp, \
         customer tel, tele, telphone, telephone num, telno, phne, phone no s, \
         phone number s, mobile or phone, phone or mobile, e164 phone, phone number e164, \
         phone international, formatted phone, formatted phone number, formatted number, full phone, \
         full number, phone mobile number, phone number mobile, recipient number, recipient mobile, \
         receiver phone, receiver number, to number, destination number, subscriber number, attendee phone, text reminder number, \
         cellphone number, 联系人电话, 客户电话, 联络电话, 聯絡電話, 連絡電話, 連絡先, 連絡先電話番号, \
         电话号, 收件人电话, 收货人电话, 고객 전화번호, 연락처 번호, 전화 번호, เบอร์, เบอร์ติดต่อ, \
         หมายเลขโทรศัพท์, เบอร์โทรติดต่อ, điện thoại liên hệ, số đt, sđt khách hàng, số phone, رقم التلفون, \
         تلفون, رقم تلفون, تليفون, رقم هاتف, رقم الهاتف للتواصل, هاتف العميل, شماره تلفن همراه, फोन संख्या, \
         फ़ोन नं, दूरभाष, दूरभाष संख्या, संपर्क, संपर्क नं, संपर्क क्रमांक, ফোন নাম্বার, தொடர்பு எண், போன் நம்பர், \
         ఫోన్ నెంబర్, ಫೋನ್, ಫೋನ್ ಸಂಖ್ಯೆ, ഫോൺ, ഫോൺ നമ്പർ, ફોન, ફોન નંબર, ਫ਼ੋਨ, ਫ਼ੋਨ ਨੰਬਰ, ਫੋਨ ਨੰਬਰ, \
         numero ng telepono, telepono, numri i telefonit, τηλ, αριθμός τηλεφώνου, nr de telefon, nr telefon, \
         numărul de telefon, telefon de contact, טל, טלפון ליצירת קשר, telefoon nr, telefoonnr",
    ),
    (LastPhone, "whatsapp id, wa id, number, numero, número, nomor, номер, nummer, numéro, رقم, 号码, nr, no, num"),
    (NameOrPhone, "contact, contacto, contatto"),
    (
        Phone(3),
        "business phones, home phones, person phone work, person phone home, person phone other, billing phone, billing phone number, \
         shipping phone, default address phone, address phone, work phone, work phone number, \
         work direct phone, direct phone, business phone, home phone, home phone number, primary phone, \
         primary phone number, main phone, other phone, other phone number, office phone, office number, \
         residence phone, alternate phone, alternate number, alternate mobile, alternate phone number, \
         secondary phone, alternative phone, phone work, phone home, phone other, phones work, phones home, \
         phones other, phone primary, telefon privat, telefon geschäftlich, telefon geschaftlich, \
         tel privat, tel geschäftlich, weiteres telefon, haupttelefon, festnetz, téléphone bureau, \
         téléphone domicile, téléphone principal, autre téléphone, téléphone professionnel, \
         téléphone personnel, téléphone fixe, teléfono del trabajo, teléfono trabajo, teléfono particular, \
         teléfono principal, tfno fijo, tlf fijo, tel fijo, otro teléfono, teléfono de casa, teléfono fijo, telefone comercial, \
         telefone residencial, telefone principal, outro telefone, telefone fixo, telefone trabalho, \
         abitazione, ufficio, telefono ufficio, telefono abitazione, telefono casa, altro telefono, \
         telefono principale, telefono fisso, landline, landline number, whatsapp alternate, telefon rumah, \
         telepon rumah, telepon kantor, ev telefonu, iş telefonu, домашний телефон, рабочий телефон, \
         другой телефон, 家庭电话, 工作电话, 办公电话, هاتف المنزل, هاتف العمل, voice, phone main, \
         homephone, workphone, businessphone, otherphone, primaryphone, officephone, phone office, \
         phone business, business phone number, business telephone, work telephone, home telephone, \
         home number, work number, work tel, home tel, office tel, office telephone, office mobile, \
         office contact number, telephone work, telephone home, telephone business, telephone office, \
         phone main number, alternate mobile number, alternate contact, alternate contact number, \
         alternative number, alternative phone number, alternative mobile number, \
         alternative contact number, secondary mobile, secondary mobile number, secondary phone number, \
         secondary number, other mobile, other number, other mobile number, second phone, \
         second phone number, land line, landline no, landline phone, fixed line, fixed phone, \
         fixed telephone, daytime phone, day phone, evening phone, car phone, phone fixed, tel dienstlich, \
         telefon dienstlich, tel geschäft, tel gesch, telefon arbeit, telefon zuhause, festnetznummer, \
         festnetztelefon, tel festnetz, telefon festnetz, telefon büro, privat telefon, privates telefon, \
         geschäftstelefon, privattelefon, telefon kantor, telefoon thuis, telefoon privé, telefoon op werk, \
         telefoon werk, telefoon zakelijk, andere telefoon, hoofdtelefoon, vaste telefoon, vast nummer, \
         telefoon vast, telefon domowy, telefon służbowy, telefon stacjonarny, inny telefon, telefon praca, \
         telefon dom, telefon do zaměstnání, telefon domů, telefon do práce, jiný telefon, hlavní telefon, \
         pevná linka, telefón do zamestnania, telefón domov, pracovný telefón, munkahelyi telefon, \
         otthoni telefon, egyéb telefon, vezetékes telefon, telefon serviciu, telefon domiciliu, \
         telefon acasă, telefon fix, alt telefon, telefon la serviciu, telefon hem, telefon arbete, \
         arbetstelefon, hemtelefon, annan telefon, telefon arbejde, arbejdstelefon, telefon arbeid, \
         anden telefon, annen telefon, fasttelefon, työpuhelin, kotipuhelin, muu puhelin, τηλέφωνο εργασίας, \
         τηλέφωνο οικίας, σταθερό, σταθερό τηλέφωνο, робочий телефон, домашній телефон, інший телефон, \
         служебен телефон, домашен телефон, основной телефон, телефон рабочий, телефон домашний, \
         городской телефон, служебный телефон, рабочий прямой телефон, доп телефон, дополнительный телефон, טלפון בעבודה, \
         טלפון בבית, هاتف المكتب, هاتف آخر, هاتف ثابت, الهاتف الثابت, رقم بديل, رقم آخر, 商务电话, 商務電話, \
         住宅电话, 住宅電話, 住家電話, 公司电话, 公司電話, 固定电话, 固話, 座机, 其他电话, 其他電話, \
         备用电话, 会社電話, 自宅電話, 固定電話, その他の電話, 회사 전화, 근무처 전화, 집 전화, \
         집 전화 번호, 자택 전화, 직장 전화, โทรศัพท์บ้าน, โทรศัพท์ที่ทำงาน, điện thoại nhà, \
         điện thoại cơ quan, điện thoại bàn, sabit telefon, ev tel, iş tel, diğer telefon, teléfono oficina, \
         teléfono de oficina, teléfono casa, teléfono domicilio, teléfono alternativo, teléfono secundario, \
         número de teléfono particular, número de teléfono del trabajo, telefone de casa, \
         telefone do trabalho, telefone secundário, telefone alternativo, telefone recado, fone residencial, \
         fone comercial, telefono secondario, telefono lavoro, fisso, numero fisso, tel ufficio, tel casa, \
         tel fisso, fixe, tél fixe, tél bureau, tél domicile, tél pro, tél perso, tél professionnel, \
         tél personnel, téléphone pro, téléphone perso, téléphone travail, téléphone maison, ligne fixe, \
         numéro fixe, no telepon rumah, no telp rumah",
    ),
    (PerhapsPhone(3), "particular, corporate phone number, home, work, mobile phone other"),
    (
        Email,
        "email, e mail, mail, default email, default email address, email ids, scored email addresses, email addresses address, email address, e mail address, emailaddress, e mail value, email value, \
         emails, emails value, email addresses value, email id, e mail id, mail id, primary email, \
         work email, user email, personal email, contact email, customer email, client email, lead email, \
         billing email, other email, secondary email, your email, your email address, home email, \
         person email, person email work, person email home, person email other, e mail adresse, \
         e mail adressen, mailadresse, email adresse, adresse de messagerie, adresse e mail, adresse email, \
         adresse mail, adresse électronique, courriel, adresse courriel, mél, correo, correo electrónico, \
         correo e, dirección de correo electrónico, dirección de correo, dirección de email, \
         email de contacto, endereço de email, endereço de e mail, endereço eletrônico, correio eletrônico, \
         correio eletrónico, indirizzo e mail, indirizzo email, indirizzo mail, indirizzo posta elettronica, \
         indirizzo di posta elettronica, posta elettronica, surel, alamat email, alamat e mail, ईमेल, ई मेल, \
         ईमेल पता, البريد, البريد الإلكتروني, البريد الالكتروني, الإيميل, الايميل, ايميل, e posta, eposta, \
         e posta adresi, почта, электронная почта, эл почта, адрес электронной почты, имейл, e mail адрес, \
         邮箱, 电子邮箱, 电子邮件, 邮件, 邮箱地址, 電子郵件, メール, メールアドレス, 이메일, 이메일 주소, \
         emailadres, e mailadres, adres email, adres e mail, e postadress, epost, e post, sähköposti, \
         ηλεκτρονικό ταχυδρομείο, adresă de email, thư điện tử, อีเมล, ইমেইল, மின்னஞ்சல், ایمیل, ای میل, דואל, \
         דוא ל, barua pepe, emails email, emails address, person email address, e mailová adresa, \
         emailová adresa, e mail cím, email cím, e mailcím, adresă de e mail, adresa de email, \
         adresa e mail, adresa email, e postadresse, epostadresse, epostadress, sähköpostiosoite, \
         διεύθυνση ηλεκτρονικού ταχυδρομείου, διεύθυνση ηλ ταχυδρομείου, διεύθυνση email, адрес эл почты, \
         эл адрес, адрес почты, эл почта контакта, электронный адрес, рабочий email, рабочий e mail, личный email, личный e mail, частный e mail, другой email, другой e mail, \
         електронна пошта, адреса електронної пошти, пошта, ел пошта, имейл адрес, електронска пошта, \
         כתובת דואר אלקטרוני, דואר אלקטרוני, כתובת אימייל, אימייל, מייל, عنوان البريد الإلكتروني, \
         عنوان البريد الالكتروني, بريد إلكتروني, البريد الإلكتروني للعميل, الإيميل الشخصي, بريد الكتروني, \
         电子邮件地址, 电子邮箱地址, 電子郵件地址, 電郵, 電郵地址, 邮件地址, 電子信箱, 信箱, 邮箱号, 电邮, \
         電子メール アドレス, 電子メールアドレス, 電子メール, eメール, 전자 메일 주소, 전자메일, 전자 메일, \
         이메일주소, ที่อยู่อีเมล, อีเมล์, địa chỉ email, địa chỉ e mail, địa chỉ thư điện tử, mail adresse, \
         e mail adres, mailadres, elektronická adresa, elektronikus levélcím, el paštas, el pašto adresas, \
         e pastas, e pasts, e pasta adrese, meiliaadress, e posti aadress, e post aadress, \
         elektronska pošta, e pošta, e poštni naslov, primäre e mail adresse, sekundäre e mail adresse, \
         primäre e mail, geschäftliche e mail, private e mail, première adresse électronique, \
         deuxième adresse électronique, adresse de courriel, courrier électronique, e mail professionnel, \
         email professionnel, email pro, email perso, mail pro, mail perso, email personnel, \
         correo electrónico de contacto, correo personal, correo electrónico personal, correo de contacto, \
         e mail de contato, email do cliente, email de contato, seu email, seu melhor email, \
         email principal, email cliente, email aziendale, indirizzo di posta, indirizzo di email, \
         email personale, alamat surel, e mail adresiniz, e posta adresiniz, mail adresi, email adresi, \
         elektronik posta, e posta adres, ई मेल पता, ईमेल आईडी, इमेल, इ मेल, মেইল, ইমেইল ঠিকানা, \
         மின்னஞ்சல் முகவரி, ఇమెయిల్, ఈమెయిల్, ಇಮೇಲ್, ഇമെയിൽ, ઇમેઇલ, ઈમેલ, ਈਮੇਲ, email home, email work, \
         email other, email personal, email business, e mail home, e mail work, email main, email primary, \
         business email, business e mail, office email, alternate email, alternate email address, \
         alternative email, other e mail, secondary e mail, primary e mail, primary email address, e mail addr, \
         work e mail, home e mail, personal e mail, work email address, personal email address, email addr, \
         emailid, mailid, mail address, e mail addresses, email addresses, contact e mail, \
         customer email address, shipping email, registered email, email add, electronic mail",
    ),
    (
        Prefix,
        "phone prefix, phone country code, phone code, dial code, dialling code, dialing code, \
         calling code, country calling code, country dial code, country dialing code, isd, isd code, \
         mobile country code, whatsapp country code, prefijo, prefijo país, prefijo internacional, \
         prefisso, prefisso internazionale, indicatif, indicatif pays, indicatif téléphonique, \
         ländervorwahl, landesvorwahl, مفتاح الدولة, 国際番号, 국가번호, phone number country code, phones prefix, \
         phones country code, phone isd code, phone dial code, phone calling code, mobile prefix, \
         mobile code, country code number, phone country prefix, phone number prefix, country prefix, \
         country phone code, country phone prefix, country code phone, telephone code, \
         telephone country code, international code, international prefix, intl code, intl prefix, \
         dialcode, dial prefix, dialing prefix, isdcode, isd no, country isd code, ddi pais, ddi país, \
         código ddi, código internacional, código de discagem, código telefónico, \
         código telefónico del país, código de marcación, lada internacional, indicatif du pays, \
         indicatif international, code pays téléphone, landesvorwahl telefon, internationale vorwahl, \
         auslandsvorwahl, länderkennzahl, landcode telefoon, předvolba, předvolba země, \
         mezinárodní předvolba, országhívó, kod krajowy, numer kierunkowy kraju, numer kierunkowy, \
         kierunkowy, prefiks, prefix telefonic, kode telepon, kode telepon negara, telefon kodu, \
         ülke telefon kodu, ülke alan kodu, телефонный код, телефонный код страны, مفتاح الدوله, \
         مفتاح البلد, مقدمة الدولة, 国家区号, 国际区号, 國際區號, 国番号, mã vùng quốc gia, whatsapp prefix, \
         whatsapp code, wa country code, mobile prefix code, mobile isd code, mobile dial code, \
         cell country code, prefijo telefónico, prefijo de país, prefijo del país, prefisso telefonico, \
         prefisso paese, prefixo, prefixo do país, prefixo internacional, préfixe, préfixe téléphonique, \
         préfixe pays, préfixe international",
    ),
    (PerhapsPrefix, "prefix, cc, ddi, ccode"),
    (PerhapsPrefix, COUNTRIES),
    (PrefixOrArea, "vorwahl, 区号"),
    (
        Area,
        "area code, areacode, phone area code, city code, std code, ddd, lada, código de área, ortsvorwahl, alan kodu, \
         код города, npa, std, phone area, area no, area number, prefisso locale, indicatif régional, netnummer, \
         riktnummer, suuntanumero, kod obszaru, 市外局番, 市话区号, 지역번호, mã vùng, kode area, קידומת אזור",
    ),
    (
        Country,
        "country code, countrycode, country cd, cntry code, phone country, country phone, código do país, \
         código país, código de país, cod pais, kode negara, देश कोड, رمز الدولة, كود الدولة, ülke kodu, \
         код страны, 国家代码, 国家码, landcode, kod kraju, code pays, landkode, landskod, landekode, maatunnus, \
         országkód, cod țară, код країни, код на страна, كود البلد, رمز البلد, 國碼, 國家代碼, 국가 코드, 국가코드, \
         국가 번호, รหัสประเทศ, mã quốc gia, देश का कोड, কান্ট্রি কোড, దేశం కోడ్",
    ),
    (
        Region,
        "default address country code, country iso, country iso code, iso country code, country iso2, iso2, \
         phone region, region code",
    ),
    (
        Tags,
        "tags, tag, labels, label, groups, group, group membership, group name, categories, category, \
         segments, segment, lists, list, contact tags, contact labels, person labels, person label, \
         customer tags, etiquetas, etiqueta, marcadores, marcador, étiquettes, étiquette, catégories, \
         catégorie, libellés, schlagwörter, kategorien, kategorie, gruppen, gruppe, etichette, etichetta, \
         categorie, kategori, label kontak, टैग, समूह, وسوم, الوسوم, التصنيف, التصنيفات, المجموعة, \
         etiketler, etiket, kategoriler, gruplar, метки, теги, тег, метка, группы, группа, 标签, 分组, 标记, \
         タグ, 태그, grupos, grupo, categorías, categorias, gruppi, groupes, grup, labels name, tag list, \
         tags data, categorieën, kategorier, kategória, kategóriák, kategorije, luokat, luokka, κατηγορίες, \
         κατηγορία, категории, категория, теги контакта, тег контакта, категорії, категорія, группа контактов, сегмент, сегменты, \
         קטגוריות, קטגוריה, תגיות, תוויות, الفئات, الفئة, فئات, المجموعات, مجموعة, 类别, 類別, 分类, 分類, \
         群组, 群組, 標籤, 分類項目, グループ, カテゴリ, カテゴリー, 범주, 그룹, 분류, 라벨, หมวดหมู่, กลุ่ม, \
         แท็ก, ป้ายกำกับ, nhóm, nhãn, thẻ, phân loại, danh mục, štítky, skupina, skupiny, címkék, csoport, \
         csoportok, etichete, grupuri, grupa, grupy, tagi, etykiety, etykieta, merker, etiketter, etikett, \
         tunnisteet, ryhmä, ryhmät, oznake, oznaka, skupine, etiqueta s, étiquette s, segmentos, segmento, \
         listas, lista, listes, liste, listen, liste di contatti, gruppennamen, gruppenname, verteiler, \
         grupo de contatos, grupos de contatos, lijsten, groepen, groep, groepsnaam, grup kontak, kelompok, \
         kategori kontak, segmen, wa labels, whatsapp labels, contact groups, contact group, contact list, \
         contact lists, list name, list names, group names, groups name, tag s, tag names, tag name, \
         label names, label name, customer groups, customer segments, user tags, subscriber tags",
    ),
    (
        OptIn,
        "opt in, optin, opted in, optedin, whatsapp opt in, sms opt in, email opt in, marketing opt in, consent, marketing consent, \
         whatsapp consent, sms consent, accepts marketing, accepts email marketing, accepts sms marketing, \
         email subscription status, sms subscription status, newsletter, einwilligung, einwilligung whatsapp, \
         werbeeinwilligung, 同意, 营销同意, 同意接收, 是否同意, 行銷同意, 配信許可, 配信同意, 同意する, 수신동의, 수신 동의, \
         마케팅 동의, 마케팅 수신 동의, 광고 수신 동의",
    ),
    (
        OptOut,
        "unsubscribed, unsubscribe, opted out, opt out, optout, optedout, email opt out, sms opt out, \
         whatsapp opt out, has opted out of email, do not call, do not contact, do not email, \
         do not disturb, dnc, dnd, blacklisted, blacklist, email blacklisted, sms blacklisted, \
         whatsapp blacklisted, blocked, donotcall, donotcontact, is blocked, unsubscribed from emails, \
         opt out of sms, désabonné, désinscrit, abgemeldet, dado de baja, descadastrado",
    ),
];
