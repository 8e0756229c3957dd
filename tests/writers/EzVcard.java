// Cards of the lines on standard input, their cells parted by tabs, in the version that is named.
import ezvcard.*;
import ezvcard.parameter.TelephoneType;
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.*;

public class EzVcard {
    public static void main(String[] arguments) throws IOException {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var cards = new ArrayList<VCard>();
        for (String line; (line = in.readLine()) != null; ) {
            String[] cells = line.split("\t", -1);
            var card = new VCard();
            card.setFormattedName(cells[0].replace("\\n", "\n"));
            card.addTelephoneNumber(cells[1], TelephoneType.CELL);
            if (!cells[2].isEmpty()) card.addEmail(cells[2]);
            if (!cells[3].isEmpty()) card.setCategories(cells[3].split(","));
            cards.add(card);
        }
        var out = new OutputStreamWriter(System.out, StandardCharsets.UTF_8);
        if (arguments[0].equals("json")) {
            Ezvcard.writeJson(cards).go(out);
        } else {
            Ezvcard.write(cards).version(VCardVersion.valueOfByStr(arguments[0])).go(out);
        }
        out.flush();
    }
}
