//! The bodies of the usual validators, as they write them for a batch of 100 contacts, and what is read out of them.

use proptest::prelude::*;

use super::complaint;

/// Who writes it, the body, the words, and the contacts that it names with the words about each.
type Case = (&'static str, &'static str, &'static str, &'static [(usize, &'static str)]);

const CASES: &[Case] = &[
    (
        "express-validator",
        r#"{"errors":[{"type":"field","value":"+27","msg":"Invalid value","path":"[31].profile.tags","location":"body"},{"type":"field","value":"","msg":"too short","path":"[99].profile.tags[0]","location":"body"}]}"#,
        "profile.tags: Invalid value; profile.tags.0: too short",
        &[(31, "profile.tags: Invalid value"), (99, "profile.tags.0: too short")],
    ),
    (
        "express-validator, mapped",
        r#"{"errors":{"contacts[3].email":{"type":"field","value":"a@","msg":"no e-mail address","path":"contacts[3].email","location":"body"}}}"#,
        "email: no e-mail address",
        &[(3, "email: no e-mail address")],
    ),
    (
        "class-validator in NestJS, ParseArrayPipe",
        r#"{"message":["[3] phone must be a string","[7] name should not be empty"],"error":"Bad Request","statusCode":400}"#,
        "[3] phone must be a string; [7] name should not be empty",
        &[(3, "[3] phone must be a string"), (7, "[7] name should not be empty")],
    ),
    (
        "class-validator in NestJS, nested",
        r#"{"message":["contacts.3.profile.phone must be a string"],"error":"Bad Request","statusCode":400}"#,
        "contacts.3.profile.phone must be a string",
        &[(3, "contacts.3.profile.phone must be a string")],
    ),
    (
        "class-validator, its own errors",
        r#"[{"target":{"phone":"+27 secret"},"property":"contacts","children":[{"property":"4","children":[{"property":"phone","value":"+27 secret","constraints":{"isString":"phone must be a string"},"children":[]}]}]}]"#,
        "phone must be a string",
        &[(4, "phone must be a string")],
    ),
    (
        "zod, issues",
        r#"{"success":false,"error":{"issues":[{"code":"invalid_type","expected":"string","path":[99,"profile","name"],"message":"Invalid input"}],"name":"ZodError"}}"#,
        "profile.name: Invalid input",
        &[(99, "profile.name: Invalid input")],
    ),
    (
        "zod, the error as text",
        r#"{"error":{"name":"ZodError","message":"[\n  {\n    \"code\": \"invalid_type\",\n    \"path\": [\n      99,\n      \"name\"\n    ],\n    \"message\": \"Invalid input\"\n  }\n]"}}"#,
        "name: Invalid input",
        &[(99, "name: Invalid input")],
    ),
    (
        "zod, treeifyError",
        r#"{"errors":[],"items":[null,null,{"errors":[],"properties":{"profile":{"errors":[],"properties":{"name":{"errors":["Invalid input"]}}}}}]}"#,
        "profile.name: Invalid input",
        &[(2, "profile.name: Invalid input")],
    ),
    (
        "zod, formatError",
        r#"{"_errors":[],"2":{"_errors":[],"profile":{"_errors":[],"name":{"_errors":["Invalid input"]}}}}"#,
        "profile.name: Invalid input",
        &[(2, "profile.name: Invalid input")],
    ),
    (
        "zod, flattenError",
        r#"{"formErrors":[],"fieldErrors":{"2":["Invalid input","Too small"]}}"#,
        "Invalid input; Too small",
        &[(2, "Invalid input; Too small")],
    ),
    (
        "zod, prettifyError",
        r#"{"error":"✖ Invalid input: expected string\n  → at [2].profile.name\n✖ Too small\n  → at [9].name"}"#,
        "✖ Invalid input: expected string\n  → at [2].profile.name\n✖ Too small\n  → at [9].name",
        &[
            (2, "✖ Invalid input: expected string\n  → at [2].profile.name\n✖ Too small\n  → at [9].name"),
            (9, "✖ Invalid input: expected string\n  → at [2].profile.name\n✖ Too small\n  → at [9].name"),
        ],
    ),
    (
        "celebrate",
        r#"{"statusCode":400,"error":"Bad Request","message":"Validation failed","validation":{"body":{"source":"body","keys":["17.profile.name"],"message":"\"[17].profile.name\" is required"}}}"#,
        "Validation failed: \"[17].profile.name\" is required",
        &[(17, "\"[17].profile.name\" is required")],
    ),
    (
        "joi",
        r#"{"_original":[{"name":"secret words"}],"details":[{"message":"\"[17].name\" is required","path":[17,"name"],"type":"any.required","context":{"label":"[17].name","value":"x y","key":"name"}}]}"#,
        "\"[17].name\" is required",
        &[(17, "\"[17].name\" is required")],
    ),
    (
        "Fastify",
        r#"{"statusCode":400,"code":"FST_ERR_VALIDATION","error":"Bad Request","message":"body/99/profile/name must be string, body/0 must be object"}"#,
        "body/99/profile/name must be string, body/0 must be object",
        &[(99, "body/99/profile/name must be string, body/0 must be object")],
    ),
    (
        "ajv",
        r##"{"errors":[{"instancePath":"/17/profile/name","schemaPath":"#/items/type","keyword":"type","params":{"type":"string"},"message":"must be string"}]}"##,
        "profile.name: must be string",
        &[(17, "profile.name: must be string")],
    ),
    (
        "FastAPI with pydantic",
        r#"{"detail":[{"type":"string_type","loc":["body",17,"profile","name"],"msg":"Input should be a valid string","input":12345,"url":"https://errors.pydantic.dev/2.12/v/string_type"}]}"#,
        "profile.name: Input should be a valid string",
        &[(17, "profile.name: Input should be a valid string")],
    ),
    (
        "Django REST framework, an element for each contact",
        r#"{"contacts":[{},{"profile":{"name":["This field is required."]}},{}]}"#,
        "profile.name: This field is required.",
        &[],
    ),
    (
        "Django REST framework, one object",
        r#"{"name":["This field may not be blank."],"non_field_errors":["Phone and name differ."]}"#,
        "Phone and name differ.; name: This field may not be blank.",
        &[],
    ),
    (
        "Django REST framework, the whole",
        r#"{"detail":"JSON parse error - Expecting value"}"#,
        "JSON parse error - Expecting value",
        &[],
    ),
    (
        "Laravel",
        r#"{"message":"The 17.phone field is required. (and 1 more error)","errors":{"17.phone":["The 17.phone field is required."],"18.name":["The 18.name must be a string."]}}"#,
        "The 17.phone field is required. (and 1 more error): The 18.name must be a string.",
        &[(17, "The 17.phone field is required."), (18, "The 18.name must be a string.")],
    ),
    (
        "Rails, of one record",
        r#"{"errors":{"name":["can't be blank"],"phone":["is invalid"]}}"#,
        "name: can't be blank; phone: is invalid",
        &[],
    ),
    (
        "Rails, whole sentences",
        r#"{"errors":["Name can't be blank","Phone is invalid"]}"#,
        "Name can't be blank; Phone is invalid",
        &[],
    ),
    ("Rails, bare", r#"{"name":["can't be blank"]}"#, "name: can't be blank", &[]),
    (
        "ASP.NET",
        r#"{"type":"https://tools.ietf.org/html/rfc9110#section-15.5.1","title":"One or more validation errors occurred.","status":400,"errors":{"[17].Profile.Phone":["The Phone field is required."],"$[18].name":["The JSON value could not be converted to System.String. Path: $[18].name | LineNumber: 0 | BytePositionInLine: 30."]},"traceId":"00-8f-01"}"#,
        "One or more validation errors occurred.: The JSON value could not be converted to System.String. Path: $[18].name | LineNumber: 0 | BytePositionInLine: 30.; The Phone field is required.",
        &[
            (17, "The Phone field is required."),
            (
                18,
                "The JSON value could not be converted to System.String. Path: $[18].name | LineNumber: 0 | BytePositionInLine: 30.",
            ),
        ],
    ),
    (
        "problem+json, invalid-params",
        r#"{"type":"https://example.com/probs/validation","title":"Your request is not valid.","status":400,"instance":"/imports/12","invalid-params":[{"name":"[17].age","reason":"must be positive"}]}"#,
        "Your request is not valid.: age: must be positive",
        &[(17, "age: must be positive")],
    ),
    (
        "problem+json of RFC 9457",
        r##"{"type":"https://example.net/validation-error","title":"Your request is not valid.","errors":[{"detail":"must be a positive integer","pointer":"#/17/age"}]}"##,
        "Your request is not valid.: age: must be a positive integer",
        &[(17, "age: must be a positive integer")],
    ),
    (
        "JSON:API",
        r#"{"errors":[{"status":"422","source":{"pointer":"/data/17/attributes/name"},"title":"Invalid Attribute","detail":"Name must contain at least two characters."},{"status":"422","title":"Too short"}]}"#,
        "attributes.name: Invalid Attribute: Name must contain at least two characters.; Too short",
        &[(17, "attributes.name: Invalid Attribute: Name must contain at least two characters.")],
    ),
    (
        "Spring",
        r#"{"timestamp":"2026-11-27T10:00:00Z","status":400,"error":"Bad Request","message":"Validation failed","errors":[{"codes":["NotBlank.phone words"],"field":"contacts[17].phone","rejectedValue":"+27 82","defaultMessage":"must not be blank"}],"path":"/inbox/users/3/import"}"#,
        "Validation failed: phone: must not be blank",
        &[(17, "phone: must not be blank")],
    ),
    (
        "Mongoose",
        r#"{"errors":{"phone":{"name":"ValidatorError","message":"Path `phone` is required.","kind":"required","path":"phone"}},"_message":"Contact validation failed","name":"ValidationError","message":"Contact validation failed: phone: Path `phone` is required."}"#,
        "Contact validation failed: phone: Path `phone` is required.",
        &[],
    ),
    (
        "an index of its own",
        r#"{"success":false,"message":"2 contacts are invalid","errors":[{"index":5,"field":"phone","message":"too short"},{"index":250,"message":"beyond the batch"}]}"#,
        "2 contacts are invalid: phone: too short; beyond the batch",
        &[(5, "phone: too short")],
    ),
    (
        "the service itself",
        r#"{"success":false,"message":"Invalid","code":400,"data":["phone of 3 is bad"]}"#,
        "Invalid: phone of 3 is bad",
        &[],
    ),
    ("contacts in data", r#"{"message":"no","data":[{"profile":{"userProvidedName":"Jane Doe"}}]}"#, "no", &[]),
    ("no words at all", r#"{"code":1234}"#, r#"{"code":1234}"#, &[]),
    ("words of HTTP only", r#"{"statusCode":400,"error":"Bad Request"}"#, "Bad Request", &[]),
    ("nothing", "{}", "", &[]),
    ("null", "null", "", &[]),
    ("a text", r#""not today""#, "not today", &[]),
    ("plain text", "The 17.phone is bad", "The 17.phone is bad", &[(17, "The 17.phone is bad")]),
    ("a page", "<html><body><pre>Cannot POST /x</pre></body></html>", "Cannot POST /x", &[]),
    ("no text", "\u{ff}<", "\u{ff}", &[]),
];

#[test]
fn validators_are_understood() {
    for (who, body, words, places) in CASES {
        let read = complaint(body.as_bytes(), 100);
        assert_eq!(read.words, *words, "{who}");
        let found: Vec<(usize, &str)> = read.places.iter().map(|place| (place.index, place.words.as_str())).collect();
        assert_eq!(found, *places, "{who}");
    }
}

#[test]
fn a_list_as_long_as_the_batch_is_read_by_position() {
    for body in [
        r#"[{},{"profile":{"name":["This field is required."]}},{}]"#,
        r#"{"contacts":[{},{"profile":{"name":["This field is required."]}},{}]}"#,
        r#"{"errors":[null,{"profile":{"name":["This field is required."]}},null]}"#,
    ] {
        let read = complaint(body.as_bytes(), 3);
        assert_eq!(read.words, "profile.name: This field is required.", "{body}");
        assert_eq!(read.places.len(), 1, "{body}");
        assert_eq!((read.places[0].index, read.places[0].words.as_str()), (1, read.words.as_str()), "{body}");
    }
}

proptest! {
    #[test]
    fn places_lie_in_the_batch_in_order(numbers in prop::collection::vec(0usize..200, 0..20), contacts in 0usize..120) {
        let errors: Vec<_> = numbers
            .iter()
            .map(|index| serde_json::json!({"path": format!("[{index}].name"), "msg": "bad"}))
            .collect();
        let body = serde_json::json!({ "errors": errors }).to_string();
        let mut expected: Vec<usize> = numbers.into_iter().filter(|index| *index < contacts).collect();
        expected.sort_unstable();
        expected.dedup();
        let found: Vec<usize> = complaint(body.as_bytes(), contacts).places.iter().map(|place| place.index).collect();
        prop_assert_eq!(found, expected);
    }
}
