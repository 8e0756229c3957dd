//! The codes of warnings: each row by itself is fine, and a person would want to know before contacts go out.

super::codes! {
    /// What is said before the first request and ends nothing. Documented in `docs/codes.md`.
    WarningCode: Complete {
        NoName = "warning.no_name", "contacts have no name", "";
        NoNameColumn = "warning.no_name_column", "no column holds names", "name it with --map name=COLUMN";
        SheetLeft = "warning.sheet_left", "other worksheets have a phone column and rows", "name them with --sheet, or use --sheet all";
        RowsHidden = "warning.rows_hidden", "rows that a filter hides are sent", "leave them out with --skip, or delete them from the sheet";
        CountryColumn = "warning.country_column", "an unused column holds countries or calling codes", "map it with --map region=COLUMN or --map prefix=COLUMN";
        PhoneColumn = "warning.phone_column", "an unused column holds phone numbers where the mapped one is empty", "add it with --map phone=COLUMN";
        Consent = "warning.consent", "a column says who does not want to be written to, or who does, and it is not obeyed unless you say so", "leave those rows out with --only or --skip";
        Landlines = "warning.landlines", "many numbers are landlines", "leave them out with --phone-types mobile";
        HeaderRows = "warning.header_rows", "lines before or between the rows were left out", "";
        SameName = "warning.same_name", "many contacts have the same name", "is the right column mapped to name?";
        DefaultCountry = "warning.default_country", "many numbers are valid only because of --default-country, and the file holds countries", "map the column with the countries: --map region=COLUMN";
        Settings = "warning.settings", "a settings file could not be read", "check its permissions";
        ReadableToken = "warning.readable_token", "other users may read the file that holds the token", "make it private: chmod 600 FILE";
        EmptyFields = "warning.empty_fields", "only phone numbers would be sent, and the empty members may blank what the server holds", "use --omit-empty to leave them out";
        NoRows = "warning.no_rows", "the input holds no rows", "is it the right file?";
        CardsMissing = "warning.cards_missing", "fewer contact cards were read than were begun", "check the file where the last card ends";
        ListLeft = "warning.list_left", "a record holds a list of further contacts, which is not read", "to import them too, export them as a file of their own";
        TagIds = "warning.tag_ids", "numbers in place of tags are taken for ids and not sent", "if they are names, map each column of tags: --map tags=COLUMN, once for each";
        NoStateFolder = "warning.no_state_folder", "there is no folder of the user to keep the key of the journal in", "set STATE_DIRECTORY or XDG_STATE_HOME to a folder that may be written";
        SharedFolder = "warning.shared_folder", "permissions cannot be kept where the results folder lies", "name another folder with --output-dir";
        OnFinish = "warning.on_finish", "the command of --on-finish failed or took too long", "try it by itself: sh -c COMMAND < summary.json; how the import ended stays the same";
        TokenEndsSoon = "token.ends_soon", "the token expires within the hour; sending stops 30 s before, and the same command resumes", "get a token that lasts for the whole import";
    }
}
