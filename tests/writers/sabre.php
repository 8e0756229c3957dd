<?php
// Cards of the rows on standard input, in the version that is named.
require '/usr/share/php/Sabre/VObject/autoload.php';

foreach (json_decode(stream_get_contents(STDIN)) as [$name, $phone, $meant, $email, $tags]) {
    $card = Sabre\VObject\Component::create('VCARD');
    $card->VERSION = $argv[1];
    $card->FN = $name;
    $card->N = ';' . strtr($name, ['\\' => '\\\\', ';' => '\\;', ',' => '\\,']) . ';;;';
    $card->add('TEL', $phone, ['type' => 'CELL']);
    if ($email !== '') {
        $card->EMAIL = $email;
    }
    if ($tags) {
        $card->add('CATEGORIES', implode(',', $tags));
    }
    echo $card->serialize();
}
