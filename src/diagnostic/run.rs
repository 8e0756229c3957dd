//! The codes of errors that end a run, or keep it from starting.

super::codes! {
    /// Why a run ended or did not start, requests aside. Documented in `docs/codes.md`.
    RunCode {
        UsageValue = "usage.value", Usage, "an option has a value it cannot have", "m1import --help says what it takes";
        UsageConflict = "usage.conflict", Usage, "two things were typed that do not go together", "leave one of them out";
        UsageNoFile = "usage.no_file", Usage, "no file to import", "name a file, or - for standard input; m1import sample > contacts.csv makes one to start from";
        UsageUnknownOption = "usage.unknown_option", Usage, "there is no such option", "see m1import --help";
        UsageUnknownCommand = "usage.unknown_command", Usage, "there is no such command", "see m1import --help; a file of that name is given as ./NAME";
        UsageMissingValue = "usage.missing_value", Usage, "an option lacks its value", "see m1import --help";
        UsageMalformed = "usage.malformed", Usage, "the command line cannot be understood", "see m1import --help";
        ConfigValue = "config.value", Config, "a setting of the environment or of a file has a value it cannot have", "correct it there; m1import --help says what it takes";
        ConfigConflict = "config.conflict", Config, "two settings do not go together", "leave one of them out";
        ConfigUnknownKey = "config.unknown_key", Config, "the configuration file has a key that is no setting", "correct the name; m1import --help names them all";
        ConfigUnknownVariable = "config.unknown_variable", Config, "a variable beginning with M1IMPORT_ is no setting", "correct the name, or unset it; m1import --help names them all";
        ConfigTypedOnly = "config.typed_only", Config, "a setting that is only typed stands elsewhere", "give it on the command line";
        ConfigUnreadable = "config.unreadable", Config, "a configuration file cannot be read", "check its name and permissions";
        ConfigSyntax = "config.syntax", Config, "a configuration file cannot be understood", "correct the line";
        ConfigProfile = "config.profile", Config, "the profile does not exist", "correct the name, or add it to the file";
        ConfigUntrusted = "config.untrusted", Config, "a settings file that was found, not named, may not choose this", "name the file with --config or --env-file if you trust it";
        ConfigEndpoint = "config.endpoint", Config, "contacts cannot be sent to this address", "give the whole https address with --endpoint; http is for 127.0.0.1 and [::1] only";
        ConfigProxy = "config.proxy", Config, "the proxy's address cannot be used", "write --proxy http://host:port";
        ConfigCacert = "config.cacert", Config, "the certificates of --cacert cannot be read", "give a file of PEM certificates with --cacert";
        ConfigHeader = "config.header", Config, "a header cannot be sent", "write --header 'NAME: VALUE' with plain characters";
        ConfigTls = "config.tls", Config, "no secure connection can be set up on this machine", "install the system's certificates (ca-certificates), or give a file with --cacert";
        ConfigPhoneMetadata = "config.phone_metadata", Config, "the file of --phone-metadata cannot be used", "give a text made by `python3 metadata/refresh.py --plans FILE` in the project's sources";
        TokenMissing = "token.missing", Token, "no API token", "find it on the platform under More > Developer > API Access Token; put M1IMPORT_TOKEN=… into .env, or pass --token-file PATH; --sandbox tries everything without one";
        TokenUnreadable = "token.unreadable", Token, "the token cannot be read", "check the file or the command that gives it";
        TokenMalformed = "token.malformed", Token, "what was given is not a token", "copy the token again: More > Developer > API Access Token";
        TokenNotYet = "token.not_yet", Token, "the token is not valid yet", "wait until then, get another token, or set this machine's clock right";
        InputMissing = "input.missing", NoInput, "there is no such file", "check the path; relative paths start in the current folder";
        InputFolder = "input.folder", NoInput, "the input is a folder", "name the file in it";
        InputUnreadable = "input.unreadable", NoInput, "the file may not be read", "check the permissions of the file";
        InputIo = "input.io", Io, "reading failed", "check the disk or the network drive";
        InputSpool = "input.spool", Io, "standard input cannot be kept for the second reading", "free some space in the temporary folder, or set TMPDIR to another one";
        InputTooLong = "input.too_long", Io, "standard input or a pipe is longer than --max-input allows", "--max-input SIZE takes more of it; a file is read where it lies";
        InputResults = "input.results", Data, "a file of results is missing, damaged, or was edited", "run the shard again, or merge without it";
        InputOtherJob = "input.other_job", Data, "the folders are not those of the shards of one job", "merge the shards of one input, imported with the same settings to the same endpoint, each once";
        InputEmpty = "input.empty", Data, "there is nothing but blanks in it", "export the contacts again; `m1import sample` prints a file to start from";
        InputBinary = "input.binary", Data, "it is no text and no known format", "export the contacts as CSV, JSON, vCard or .xlsx";
        InputEncoding = "input.encoding", Data, "its encoding cannot be decoded", "save the file as UTF-8";
        InputTruncated = "input.truncated", Data, "the file is cut short or damaged", "export or copy the file again; nothing was sent";
        InputBomb = "input.bomb", Data, "it unpacks to far more than contacts would", "unpack it yourself if you trust it";
        InputRowTooLong = "input.row_too_long", Data, "a row is longer than 4 MiB", "is a quote or bracket missing on that line? --delimiter and --format override what was detected";
        InputTooManyColumns = "input.too_many_columns", Data, "a row has more than 16,384 columns", "is the delimiter right? --delimiter overrides what was detected";
        InputUnclosedQuote = "input.unclosed_quote", Data, "a quote is never closed", "close the quote, or double it where it is part of the text";
        InputFormat = "input.format", Data, "it is not of the format that was named", "leave --format out to have the format detected";
        InputJson = "input.json", Data, "it is no array of objects and not one object a line", "contacts are read from an array of objects, or one object a line";
        InputSpreadsheet = "input.spreadsheet", Data, "the workbook cannot be read", "open it in a spreadsheet program and save it again as .xlsx without a password";
        InputNoSheet = "input.no_sheet", Data, "the worksheet does not exist, or none has a phone column", "name one of them with --sheet";
        InputLeftOut = "input.left_out", Data, "this build cannot read the format", "convert the file to CSV";
        InputChanged = "input.changed", Data, "the file changed while it was being read", "wait until the file is complete, then type the same command with --restart";
        InputDuplicates = "input.duplicates", Data, "rows repeat a phone number, and --on-duplicate error forbids it", "nothing was sent; remove the repeated rows, or use --on-duplicate merge, first or last";
        InputTooFewRows = "input.too_few_rows", Data, "fewer rows were read than --min-rows asks for", "nothing was sent; is the export complete?";
        InputTooManyInvalid = "input.too_many_invalid", Data, "more rows are not valid than --max-invalid or --strict allow", "nothing was sent; correct these rows, or allow more with --max-invalid";
        MappingNoPhone = "mapping.no_phone", Data, "no column holds phone numbers", "name the column with --map phone=COLUMN; is it the right file?";
        MappingAmbiguous = "mapping.ambiguous", Data, "several columns could be meant, and they differ", "choose one with --map";
        MappingUnknownColumn = "mapping.unknown_column", Data, "an option names a column that is not there", "column names are those of the header; in JSON, dotted paths";
        OutputFolder = "output.folder", Folder, "the results folder cannot be made", "name another folder with --output-dir";
        OutputNotOurs = "output.not_ours", Folder, "the results folder holds files of another program", "name another folder with --output-dir, or move the file away";
        OutputWrite = "output.write", Io, "a report cannot be written", "free some space or check the permissions, then type the same command again";
        OutputNoPlace = "output.no_place", Folder, "the file of --report or --write-config cannot be made there; nothing was sent", "name a file in a folder that is there and may be written into";
        OutputIsInput = "output.is_input", Usage, "--report would replace an input", "name another file";
        OutputExists = "output.exists", Folder, "the file of --write-config already exists", "name another file, or remove this one";
        JournalLocked = "journal.locked", Folder, "another run is using the results folder", "wait until it has ended, or name another folder with --output-dir";
        JournalUnusable = "journal.unusable", Folder, "the journal cannot be opened", "check the permissions, or name another folder with --output-dir";
        JournalDamaged = "journal.damaged", Folder, "the journal is damaged or does not fit the input", "--restart forgets it and sends everything again; the server updates what it has";
        JournalNewer = "journal.newer", Folder, "the journal was written by a newer version", "use that version, or --restart to send everything again";
        JournalOlder = "journal.older", Data, "the journal of an unfinished import was written by an older version", "finish it with that version, or use --restart to send everything again; the server updates what it has";
        JournalWrite = "journal.write", Io, "the journal cannot be written, so sending stopped", "free some space, then type the same command again to resume";
        JournalOtherJob = "journal.other_job", Data, "the results folder holds an unfinished import of another job", "finish that import with its own command, or forget it with --restart";
        RunShardMissing = "run.shard_missing", Later, "a shard of the job is missing or not finished", "run it, then merge again";
        RunPort = "run.port", Io, "the sandbox cannot open its port", "name another with --port; --port 0 takes a free one";
        RunLocalIo = "run.local_io", Io, "a temporary file or a thread failed", "free some space or check the permissions, then type the same command again";
        RunCounts = "run.counts", Internal, "the counts do not add up: a fault of this program", "please report this; type the same command again to resume";
        RunInternal = "run.internal", Internal, "a part of the program broke down", "please report this; type the same command again to resume";
    }
}
