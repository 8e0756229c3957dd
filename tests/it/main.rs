//! Integration tests: the real program, real sockets, real files. One binary, so that it is linked once.
//!
//! Where to put a new test:
//! - `account`: whose job a results folder holds.
//! - `architecture`: the rules of the code that a machine can check.
//! - `bombs`: small inputs that would become large.
//! - `browser`: `report.html` in Chromium.
//! - `codes`: `docs/codes.md` agrees with the program.
//! - `completion`: what shells offer at Tab.
//! - `corpus`: files as people have them, each with the dialect, mapping and cells it must give.
//! - `delivery`: servers that throttle, cut, stall and refuse.
//! - `full_disk`: runs on a full disk.
//! - `hook`: the command at the end, and too few rows.
//! - `hostile`: endless inputs, and attempts to smuggle a secret or a command out.
//! - `http2`: connections of HTTP/2 that end, refuse, or take few requests at once.
//! - `import`: the main job, from a file to the server: what is sent, what is written, the exit code.
//! - `kept`: inputs, corrected rows and foreign files, which no run may lose.
//! - `leaks`: the token, repeated by a server in every form, is in no artefact.
//! - `looked_up`: one reading with `--only-changed` gives what several give.
//! - `memory`: more phones than fit into the memory that they may take.
//! - `merge`: shards, and their results put together.
//! - `messages`: the errors of the program, word for word.
//! - `pace`: servers that take so many requests or connections and no more.
//! - `ping`: the call that tries endpoint and token.
//! - `poison`: contacts that a server or a firewall cannot stand.
//! - `proxy`: proxies of the environment.
//! - `reading`: properties of reading: what was written reads back the same, and no bytes crash the program.
//! - `readme`: what the README shows is what the program does.
//! - `reference`: `docs/reference.md` names every option.
//! - `reports`: the files that a run writes.
//! - `resume`: runs that are stopped or killed, and what the same command does after them.
//! - `sandbox`: the sandbox, asked in plain HTTP.
//! - `samples`: every sample gives what its document says.
//! - `screen`: what a person sees in a terminal.
//! - `servers`: the test servers do what their options say.
//! - `settings`: what the settings decide, and what they may not.
//! - `sheets`: workbooks with several sheets, hidden rows and formulas.
//! - `stop`: runs that cannot go on: signals while waiting, tokens that expire, damaged journals.
//! - `support`: no tests; what the others share.
//! - `threads`: the same whatever the number of threads.
//! - `transport`: one request on a real socket, fault by fault.
//! - `warnings`: what is said before contacts go out though each row by itself is fine.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that finds something else fails, and says where"
)]

mod account;
mod action;
mod architecture;
mod bombs;
mod browser;
mod changes;
mod codes;
mod completion;
mod corpus;
mod delivery;
mod fifos;
mod full_disk;
mod hints;
mod hook;
mod hostile;
mod http2;
mod import;
mod json;
mod kept;
mod leaks;
mod looked_up;
mod memory;
mod merge;
mod messages;
mod pace;
mod ping;
mod poison;
mod proxy;
mod reading;
mod readme;
mod reference;
mod reports;
mod resume;
mod runs;
mod samples;
mod sandbox;
mod screen;
mod seeds;
mod servers;
mod settings;
mod sheets;
mod stop;
mod support;
mod threads;
mod transport;
mod warnings;
