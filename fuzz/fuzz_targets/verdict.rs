//! Whatever a server answers: there is a verdict, and success only for a readable yes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use m1import::client::verdict::{Reply, Verdict, judge};

fuzz_target!(|answer: (u16, u8, Vec<u8>)| {
    let (status, contacts, body) = answer;
    let json = may_be_json(&body);
    let reply = Reply { status, body: body.into(), ..Reply::default() };
    if judge(&Ok(reply), usize::from(contacts)) == Verdict::Accepted {
        assert!((200..300).contains(&status) && json);
    }
});

/// Whether the body could be JSON at all: an object, whatever stands around it.
fn may_be_json(body: &[u8]) -> bool {
    body.trim_ascii().first() == Some(&b'{') && body.trim_ascii().last() == Some(&b'}')
}
