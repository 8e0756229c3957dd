//! The sandbox's promises, asked for in plain HTTP.

use std::time::{Duration, Instant};

use m1import::sandbox::{Options, Sandbox, StoreMode};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::support::contacts::{body, contact, phone};
use crate::support::http::{Answer, Client, get_with_token};

const PATH: &str = "/inbox/users/import";

/// A sandbox on a free port, served by threads of its own.
struct Running {
    runtime: Runtime,
    sandbox: Option<Sandbox>,
    url: String,
}

impl Running {
    fn new(options: Options) -> Running {
        let runtime = Runtime::new().expect("a runtime");
        let sandbox = runtime.block_on(Sandbox::start(Options { port: 0, ..options })).expect("a free port");
        Running { url: sandbox.endpoint(), runtime, sandbox: Some(sandbox) }
    }

    fn contacts(&self) -> usize {
        self.sandbox.as_ref().map_or(0, Sandbox::contacts)
    }

    fn listed(&self) -> Vec<Value> {
        let answer = get_with_token(&self.url, "/contacts", "sandbox");
        assert_eq!((answer.status(), answer.head.header("content-type")), (200, Some("application/json")));
        serde_json::from_value(answer.json()).expect("an array")
    }

    fn post(&self, body: &[u8]) -> Answer {
        post(&mut Client::of(&self.url), body)
    }
}

fn post(client: &mut Client, body: &[u8]) -> Answer {
    let headers = [("Authorization", "Bearer sandbox"), ("Content-Type", "application/json")];
    client.send("POST", PATH, &headers, body).expect("an answer")
}

/// The answer is a refusal in the API's words; gives what it complains of.
#[track_caller]
fn refusal(answer: &Answer, status: u16) -> Vec<String> {
    assert_eq!(answer.status(), status, "{}", answer.text());
    let body = answer.json();
    assert_eq!(body["success"], false);
    assert_eq!(body["code"], status);
    assert!(!body["message"].as_str().expect("a message").is_empty());
    serde_json::from_value(body["data"].clone()).expect("an array of texts")
}

#[test]
fn a_batch_is_taken_and_listed_in_order_of_arrival() {
    let running = Running::new(Options::default());
    assert!(running.url.starts_with("http://127.0.0.1:") && running.url.ends_with(PATH));
    let sent = [contact("91", "9812345678", "Zoë \"Z\" <b>"), contact("27", "831234567", ""), contact("1", "2", "x")];
    let answer = running.post(&serde_json::to_vec(&sent).unwrap());
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.json(), json!({"status": "success", "message": "User profiles imported successfully."}));
    assert_eq!(running.listed(), sent);
    assert_eq!(running.contacts(), 3);
}

#[test]
fn an_update_replaces_what_is_sent_and_leaves_the_rest() {
    let running = Running::new(Options::default());
    let mut full = contact("27", "831234567", "Jane");
    full["profile"]["userDetails"]["tags"] = json!(["vip", "b,c"]);
    full["profile"]["userDetails"]["contact"]["email"] = json!("jane@example.com");
    let update = json!({"profile": {"userDetails": {
        "contact": {"phone": {"number": "831234567", "prefix": "27"}},
        "attributes": [{"key": "city", "value": "Durban"}],
    }}});
    running.post(json!([full, contact("27", "831234568", "Joe")]).to_string().as_bytes());
    running.post(json!([update]).to_string().as_bytes());
    full["profile"]["userDetails"]["attributes"] = json!([{"key": "city", "value": "Durban"}]);
    assert_eq!(running.listed(), [full, contact("27", "831234568", "Joe")]);
}

#[test]
fn of_a_batch_with_a_fault_nothing_is_taken() {
    let running = Running::new(Options::default());
    let batch = json!([contact("27", "831234567", "good"), contact("+27", "831234568", "bad")]);
    let complaints = refusal(&running.post(batch.to_string().as_bytes()), 400);
    assert_eq!(complaints, ["[1].profile.userDetails.contact.phone.prefix must be digits only, and not empty"]);
    assert_eq!(running.contacts(), 0);
    for odd in [&b""[..], b"{}", b"nonsense", b"[{}", b"\xff\xfe", b"[{\"profile\":1}]", &[b'['; 1000]] {
        assert_eq!(refusal(&running.post(odd), 400).len(), 1);
    }
}

#[test]
fn a_request_needs_the_token() {
    let running = Running::new(Options { token: "s3cret".to_owned(), ..Options::default() });
    let mut client = Client::of(&running.url);
    for sent in ["Bearer sandbox", "Bearer", "s3cret", "Basic s3cret", "Bearer s3cret2"] {
        let headers = [("Authorization", sent), ("Content-Type", "application/json")];
        refusal(&client.send("POST", PATH, &headers, &body(1, 1)).unwrap(), 401);
    }
    refusal(&client.send("POST", PATH, &[("Content-Type", "application/json")], &body(1, 1)).unwrap(), 401);
    let headers = [("Authorization", "Bearer s3cret"), ("Content-Type", "application/json")];
    assert_eq!(client.send("POST", PATH, &headers, &body(1, 1)).unwrap().status(), 200);
    assert_eq!(running.contacts(), 1);
}

#[test]
fn method_path_and_content_type_are_those_of_the_document() {
    let running = Running::new(Options::default());
    let mut client = Client::of(&running.url);
    let token = ("Authorization", "Bearer sandbox");
    for kind in [&[token][..], &[token, ("Content-Type", "text/plain")]] {
        refusal(&client.send("POST", PATH, kind, &body(1, 1)).unwrap(), 415);
    }
    for (method, path, allow) in [("GET", PATH, "POST"), ("PUT", PATH, "POST"), ("POST", "/contacts", "GET, HEAD")] {
        let answer = client.send(method, path, &[token], b"").unwrap();
        refusal(&answer, 405);
        assert_eq!(answer.head.header("allow"), Some(allow));
    }
    for path in ["/inbox/users", "/inbox/users/import/", "/Inbox/users/import", "/a&b", "/%3Cscript%3E"] {
        let answer = client.send("POST", path, &[token, ("Content-Type", "application/json")], &body(1, 1)).unwrap();
        assert_eq!((answer.status(), answer.head.header("content-type")), (404, Some("text/html; charset=utf-8")));
        assert!(answer.text().contains(&format!("Cannot POST {}<", path.replace('&', "&amp;"))), "{}", answer.text());
    }
    let query = format!("{PATH}?botId=0123456789abcdef01234567");
    let headers = [token, ("Content-Type", "application/json"), ("authtype", "Key")];
    assert_eq!(client.send("POST", &query, &headers, &body(1, 1)).unwrap().status(), 200);
}

#[test]
fn the_page_shows_text_and_runs_nothing() {
    let running = Running::new(Options::default());
    assert_eq!(running.listed(), [] as [Value; 0]);
    assert!(get_with_token(&running.url, "/", "sandbox").text().contains("<strong>0</strong> contacts"));
    let name = "<script>alert(1)</script> & \"quoted\" \u{7}";
    running.post(json!([contact("27", "831234567", name)]).to_string().as_bytes());
    let page = get_with_token(&running.url, "/", "sandbox");
    assert_eq!((page.status(), page.head.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert!(page.text().contains("<strong>1</strong> contact."));
    assert!(page.text().contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quoted&quot; \u{fffd}"));
    assert!(!page.text().contains("<script"));
    let token = [("Authorization", "Bearer sandbox")];
    let head = Client::of(&running.url).send("HEAD", "/contacts", &token, b"").unwrap();
    assert_eq!(head.status(), 200);
}

#[test]
fn a_batch_with_a_refused_number_is_refused_without_saying_which() {
    let running = Running::new(Options { refuse: vec![27_830_000_003, 1], ..Options::default() });
    let complaints = refusal(&running.post(&body(1, 5)), 400);
    assert!(
        complaints.iter().all(|complaint| !complaint.contains('3') && !complaint.contains("[2]")),
        "{complaints:?}"
    );
    assert_eq!(running.contacts(), 0);
    assert_eq!(running.post(&body(4, 5)).status(), 200);
}

#[test]
fn bodies_above_the_limit_are_answered_413_and_the_connection_lives() {
    let limit = body(1, 10).len();
    let running = Running::new(Options { max_body: Some(limit as u64), ..Options::default() });
    let mut client = Client::of(&running.url);
    refusal(&post(&mut client, &body(1, 1000)), 413);
    assert_eq!(post(&mut client, &body(1, 10)).status(), 200);
    refusal(&post(&mut client, &body(1, 11)), 413);
    assert_eq!(running.contacts(), 10);
}

/// The head of a POST that announces a body of this length, with these further lines.
fn announcing(url: &str, length: u64, lines: &str) -> Vec<u8> {
    let host = crate::support::http::host(url);
    format!("POST {PATH} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n{lines}\r\n").into_bytes()
}

#[test]
fn no_body_is_read_without_end() {
    let running = Running::new(Options::default());
    let mut client = Client::of(&running.url);
    client.send_raw(&announcing(&running.url, 99_999_999_999, "Authorization: Bearer sandbox\r\n")).unwrap();
    let answer = client.receive("POST").unwrap();
    refusal(&answer, 413);
    assert_eq!(answer.head.header("connection"), Some("close"));
    // Whatever else is sent as a request, the next connection finds the server alive.
    for bytes in [&b"\0\0\0\0\r\n\r\n"[..], b"GET / HTTP/9.9\r\n\r\n", b"POST", b"\xff\xff"] {
        let _ = Client::of(&running.url).send_raw(bytes);
    }
    assert_eq!(running.post(&body(1, 1)).status(), 200);
}

#[test]
fn a_body_without_the_token_is_not_waited_for() {
    let running = Running::new(Options::default());
    let mut client = Client::of(&running.url);
    client.send_raw(&announcing(&running.url, 16 << 20, "Authorization: Bearer wrong-one\r\n")).unwrap();
    let answer = client.receive("POST").unwrap();
    refusal(&answer, 401);
    assert_eq!(answer.head.header("connection"), Some("close"));
}

#[test]
fn connections_that_send_nothing_leave_others_alone() {
    let running = Running::new(Options::default());
    let idle: Vec<Client> = (0..200).map(|_| Client::of(&running.url)).collect();
    assert_eq!(running.post(&body(1, 1)).status(), 200);
    drop(idle);
}

#[test]
fn contacts_are_shown_to_who_has_the_token_and_names_loopback() {
    let running = Running::new(Options::default());
    running.post(&body(1, 1));
    let host = crate::support::http::host(&running.url);
    let port = host.rsplit(':').next().unwrap();
    let ask = |path: &str, host: &str, headers: &str| {
        let mut client = Client::of(&running.url);
        client.send_raw(format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n").as_bytes()).unwrap();
        client.receive("GET").unwrap()
    };
    // `jane:sandbox`
    let (bearer, basic) = ("Authorization: Bearer sandbox\r\n", "Authorization: Basic amFuZTpzYW5kYm94\r\n");
    for path in ["/", "/contacts", "/inbox/segments"] {
        for headers in [bearer, basic] {
            assert_eq!(ask(path, &host, headers).status(), 200, "{path}");
            assert_eq!(ask(path, &format!("localhost:{port}"), headers).status(), 200, "{path}");
            for foreign in ["evil.example", &format!("evil.example:{port}"), "127.0.0.1:1", "localhost"] {
                let answer = ask(path, foreign, headers);
                refusal(&answer, 403);
                assert!(!answer.text().contains("830000001"), "{path} {foreign}");
            }
        }
        for headers in ["", "Authorization: Bearer wrong\r\n"] {
            let answer = ask(path, &host, headers);
            refusal(&answer, 401);
            assert_eq!(answer.head.header("www-authenticate"), Some("Basic realm=\"m1import sandbox\""));
        }
        let answer = ask(path, &host, bearer);
        for (name, value) in [
            ("cross-origin-resource-policy", "same-origin"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(answer.head.header(name), Some(value), "{path}");
        }
        let policy = answer.head.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(answer.head.header("access-control-allow-origin").is_none());
    }
    assert_eq!(
        ask("/inbox/segments?botId=1", &host, bearer).json(),
        json!({"success": true, "message": "Segments fetched successfully.", "code": 200, "data": []})
    );
}

#[test]
fn requests_fail_as_often_as_asked_and_the_same_ones_each_time() {
    let statuses = || {
        let running = Running::new(Options { fail_rate: 0.3, ..Options::default() });
        let mut client = Client::of(&running.url);
        (0..200).map(|_| post(&mut client, &body(1, 1)).status()).collect::<Vec<_>>()
    };
    let first = statuses();
    let failed = first.iter().filter(|&&status| status == 503).count();
    assert!((30..=90).contains(&failed), "{failed} of 200");
    assert!(first.iter().all(|status| [200, 503].contains(status)));
    assert_eq!(first, statuses());

    let running = Running::new(Options { fail_rate: 1.0, ..Options::default() });
    refusal(&running.post(&body(1, 1)), 503);
    assert_eq!(running.contacts(), 0);
}

#[test]
fn above_the_rate_requests_are_told_when_to_come_back() {
    let running = Running::new(Options { rate: Some(5.0), ..Options::default() });
    let mut client = Client::of(&running.url);
    let answers: Vec<Answer> = (0..8).map(|n| post(&mut client, &body(n, 1))).collect();
    assert_eq!(answers.iter().map(Answer::status).collect::<Vec<_>>(), [200, 200, 200, 200, 200, 429, 429, 429]);
    let turned = &answers[5];
    refusal(turned, 429);
    assert_eq!(turned.head.header("retry-after"), Some("1"));
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(post(&mut client, &body(9, 1)).status(), 200);
    assert_eq!(running.contacts(), 6);
}

#[test]
fn answers_are_held_back_by_the_latency_each_on_its_own() {
    let latency = Duration::from_millis(150);
    let running = Running::new(Options { latency, ..Options::default() });
    let start = Instant::now();
    let threads: Vec<_> = (0..4)
        .map(|n| {
            let url = running.url.clone();
            std::thread::spawn(move || post(&mut Client::of(&url), &body(n, 1)).status())
        })
        .collect();
    assert!(threads.into_iter().all(|thread| thread.join().unwrap() == 200));
    assert!((latency..latency * 3).contains(&start.elapsed()), "{:?}", start.elapsed());
}

#[test]
fn phones_alone_are_listed_by_number() {
    let running = Running::new(Options { keep: StoreMode::Phones, ..Options::default() });
    running.post(&body(5, 2));
    running.post(&body(4, 2));
    let expected = ["27830000004", "27830000005", "27830000006"];
    assert_eq!(running.listed().iter().map(phone).collect::<Vec<_>>(), expected);
    assert_eq!(
        running.listed()[0],
        json!({"profile": {"userDetails": {"contact": {"phone": {"number": "830000004", "prefix": "27"}}}}})
    );
    assert!(get_with_token(&running.url, "/", "sandbox").text().contains("<strong>3</strong> contacts"));
}

#[test]
fn a_long_listing_is_whole_and_in_order() {
    for keep in [StoreMode::Contacts, StoreMode::Phones] {
        let running = Running::new(Options { keep, ..Options::default() });
        let mut client = Client::of(&running.url);
        for batch in 0..20 {
            assert_eq!(post(&mut client, &body(batch * 1000, 1000)).status(), 200);
        }
        let phones: Vec<String> = running.listed().iter().map(phone).collect();
        assert_eq!(phones, (0..20_000).map(|n| format!("2783{n:07}")).collect::<Vec<_>>(), "{keep:?}");
    }
}

#[test]
fn after_it_is_stopped_nobody_answers() {
    let mut running = Running::new(Options::default());
    let mut client = Client::of(&running.url);
    assert_eq!(post(&mut client, &body(1, 1)).status(), 200);
    let sandbox = running.sandbox.take().unwrap();
    running.runtime.block_on(sandbox.stop());
    assert!(client.send("GET", "/", &[], b"").is_err());
    assert!(std::net::TcpStream::connect(crate::support::http::host(&running.url)).is_err());
}

#[test]
fn a_port_in_use_is_an_error() {
    let running = Running::new(Options::default());
    let port = crate::support::http::host(&running.url).rsplit(':').next().unwrap().parse().unwrap();
    let second = running.runtime.block_on(Sandbox::start(Options { port, ..Options::default() }));
    assert_eq!(second.unwrap_err().kind(), std::io::ErrorKind::AddrInUse);
}
