//! `report.html` in a real browser: it reads without a script and without a network, and its figures are the run's.
//!
//! Needs Chromium, so it is run by a command of its own: `cargo test --test it browser -- --ignored`. With
//! `SCREENSHOTS=FOLDER` it leaves pictures there, in both themes and two widths, to be looked at.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

use super::support::program::{Folder, m1import};

/// The page of an import with rejects of many kinds, and its summary.
fn report() -> (Folder, String, serde_json::Value) {
    let folder = Folder::new();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/problems.csv");
    folder.write("problems.csv", std::fs::read(sample).unwrap());
    m1import(&folder, ["problems.csv", "--sandbox"]).run().exits_with(1);
    let page = folder.read("problems.sandbox.results/report.html");
    let summary = folder.summary("problems.sandbox.results");
    (folder, page, summary)
}

/// Serves one page and remembers what was asked for.
fn serve(page: &str) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/report.html", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let (page, log) = (page.to_owned(), Arc::clone(&asked));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut request = [0; 4096];
            let length = stream.read(&mut request).unwrap_or(0);
            let line = String::from_utf8_lossy(&request[..length]).lines().next().unwrap_or("").to_owned();
            if line.is_empty() {
                continue; // A connection opened in advance.
            }
            log.lock().unwrap().push(line);
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\nconnection: close\r\n";
            let _ = write!(stream, "{head}content-length: {}\r\n\r\n{page}", page.len());
        }
    });
    (address, asked)
}

fn chromium(profile: &Folder, arguments: &[&str], address: &str) -> Output {
    Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--enable-logging=stderr", "--virtual-time-budget=2000"])
        .arg(format!("--user-data-dir={}", profile.path("profile").display()))
        .args(arguments)
        .arg(address)
        .output()
        .expect("chromium is installed")
}

/// What the console of the page said.
fn console(output: &Output) -> Vec<String> {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    text.lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned).collect()
}

#[test]
#[ignore = "needs chromium: cargo test --test it browser -- --ignored"]
fn the_report_loads_nothing_and_says_what_the_summary_says() {
    let (folder, page, summary) = report();
    let (address, asked) = serve(&page);
    let output = chromium(&folder, &["--dump-dom"], &address);
    assert_eq!(console(&output), Vec::<String>::new());
    assert_eq!(*asked.lock().unwrap(), ["GET /report.html HTTP/1.1"]);
    let seen = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(seen.contains("Search these rows"), "the search was added");
    for (code, rows) in summary["reasons"].as_object().unwrap() {
        assert!(seen.contains(&format!("<code>{code}</code>")), "{code} {rows}");
    }
    let books = seen.split("What happened to").nth(1).unwrap().split("</table>").next().unwrap();
    for (status, rows) in summary["rows"].as_object().unwrap().iter().filter(|(_, rows)| **rows != 0) {
        assert!(books.contains(&format!(">{rows}</td>")), "{status}: {books}");
    }
    let next = "m1import problems.sandbox.results/rejected.csv --sandbox";
    let words = seen.replace("<span class=\"option\">", "").replace("</span>", "");
    assert!(words.contains(next), "what to type next");
    let rejected = summary["rows"]["invalid"].as_u64().unwrap() + summary["rows"]["refused"].as_u64().unwrap();
    let table = seen.split("id=\"rejected\"").nth(1).unwrap().split("</table>").next().unwrap();
    assert_eq!(table.matches("<tr").count() as u64, rejected + 1, "a row each, and the head");
}

#[test]
#[ignore = "needs chromium: cargo test --test it browser -- --ignored"]
fn the_search_finds_rows() {
    let (folder, page, _) = report();
    let search = "<script>var i=document.querySelector('input');i.value='SCI';i.value='precision';\
                  i.dispatchEvent(new Event('input'));document.title=document.getElementById('found').textContent;</script>";
    let (address, _) = serve(&page.replace("</body>", &format!("{search}</body>")));
    let output = chromium(&folder, &["--dump-dom"], &address);
    let seen = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(seen.contains("<title>1 of "), "{}", seen.split("</title>").next().unwrap());
}

/// However long the names of files and columns are, nothing of the page is cut off or to be scrolled to.
#[test]
#[ignore = "needs chromium: cargo test --test it browser -- --ignored"]
fn nothing_is_wider_than_its_place() {
    const MEASURE: &str = "<script>addEventListener('load', () => { const wide = [...document.querySelectorAll('section, \
        details, body, html')].filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent.slice(0, 20)); \
        parent.postMessage(innerWidth + ': ' + (wide.join(', ') || 'fits'), '*') })</script></body>";
    let folder = Folder::new();
    let name = format!("{}.csv", "a_long_name_of_a_file_without_any_blank_".repeat(3));
    let people = "Asha,+91 81234 56789,no\nRavi,98765 43210,yes\nSam,+1 201 555,yes\n";
    folder.write(&name, format!("Name,Mobile phone number (with country code),Opt-in\n{people}"));
    m1import(&folder, [&name, "--sandbox", "-o", "results"]).run().exits_with(1);
    let page = folder.read("results/report.html").replace("<details", "<details open").replace("</body>", MEASURE);
    folder.write("page.html", page);
    for width in [400, 1_400] {
        let frame = format!(
            "<p></p><iframe src=page.html width={width} height=900 frameborder=0></iframe><script>addEventListener(\
             'message', m => document.querySelector('p').textContent = m.data)</script>"
        );
        folder.write("frame.html", frame);
        let address = format!("file://{}", folder.path("frame.html").display());
        let output = chromium(&folder, &["--dump-dom", "--window-size=1600,1000"], &address);
        let seen = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(seen.contains(&format!("<p>{width}: fits</p>")), "{}", seen.split("<iframe").next().unwrap());
    }
}

#[test]
#[ignore = "needs chromium: cargo test --test it browser -- --ignored"]
fn pictures_can_be_taken() {
    let (folder, page, _) = report();
    let (address, _) = serve(&page);
    let to = std::env::var("SCREENSHOTS").unwrap_or_else(|_| folder.path("").display().to_string());
    for (theme, scheme) in [("light", "1"), ("dark", "0")] {
        for (width, height) in [(400, 3_600), (1_400, 2_400)] {
            let picture = format!("{to}/report-{theme}-{width}.png");
            let arguments = [
                format!("--screenshot={picture}"),
                format!("--window-size={width},{height}"),
                format!("--blink-settings=preferredColorScheme={scheme}"),
            ];
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            chromium(&folder, &arguments, &address);
            assert!(std::fs::metadata(&picture).is_ok_and(|file| file.len() > 10_000), "{picture}");
        }
    }
}
