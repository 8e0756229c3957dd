//! The proxy on the way to the server: that of the environment, and what one answers when it lets nothing through.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper_util::client::proxy::matcher::Matcher;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::address::{Endpoint, Proxy};
use super::verdict::TransportError;

/// The variables that name the proxy for https addresses; the first one that is set counts.
pub const VARIABLES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
/// The variables that name the hosts which are asked without it.
pub const EXCEPTIONS: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// The longest head of an answer to CONNECT that is read, in bytes.
const LONGEST_HEAD: u64 = 8 * 1024;

/// Whether the value of `NO_PROXY` names the host of the endpoint.
pub fn is_exception(exceptions: &str, endpoint: &Endpoint) -> bool {
    let through_any = Matcher::builder().all("http://proxy.invalid").no(exceptions).build();
    endpoint.url().as_str().parse().is_ok_and(|url| through_any.intercept(&url).is_none())
}

/// Asks the proxy once more for a tunnel, to hear why it opens none: the HTTP library does not tell.
pub(super) async fn refusal(proxy: &Proxy, endpoint: &Endpoint, longest: Duration) -> TransportError {
    match tokio::time::timeout(longest, head_of_answer(proxy, endpoint)).await {
        Ok(Ok(head)) => meaning(&head, proxy, &target(endpoint)),
        Ok(Err(error)) => TransportError::Unreachable(format!("the proxy {}: {error}", proxy.name())),
        Err(_) => TransportError::Unreachable(format!("the proxy {} does not answer", proxy.name())),
    }
}

fn target(endpoint: &Endpoint) -> String {
    format!(
        "{}:{}",
        endpoint.url().host_str().unwrap_or_default(),
        endpoint.url().port_or_known_default().unwrap_or(443)
    )
}

async fn head_of_answer(proxy: &Proxy, endpoint: &Endpoint) -> std::io::Result<String> {
    if !proxy.is_plain() {
        return Err(std::io::Error::other("it opens no tunnel, and does not say why"));
    }
    let mut stream = TcpStream::connect(proxy.socket()).await?;
    let target = target(endpoint);
    let user = proxy.user().map(|user| format!("Proxy-Authorization: Basic {}\r\n", STANDARD.encode(user.as_bytes())));
    let ask = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{}\r\n", user.unwrap_or_default());
    stream.write_all(ask.as_bytes()).await?;
    let mut head = Vec::new();
    let mut answer = stream.take(LONGEST_HEAD);
    while !head.windows(4).any(|end| end == b"\r\n\r\n") && answer.read_buf(&mut head).await? > 0 {}
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// What the head of an answer to CONNECT means.
fn meaning(head: &str, proxy: &Proxy, target: &str) -> TransportError {
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse::<u16>().ok());
    let name = proxy.name();
    let Some(status) = status else {
        return TransportError::Proxy(format!("{name} does not answer as a proxy"));
    };
    let answered = format!("the proxy {name} answered {status} to CONNECT {target}");
    let schemes: Vec<&str> = lines
        .filter_map(|line| line.split_once(':'))
        .filter(|(name, _)| name.eq_ignore_ascii_case("proxy-authenticate"))
        .filter_map(|(_, value)| value.split_whitespace().next())
        .collect();
    match status {
        407 if !schemes.is_empty() && !schemes.iter().any(|scheme| scheme.eq_ignore_ascii_case("basic")) => {
            let offered: String = schemes.join(", ").chars().take(60).collect();
            TransportError::ProxyAuth(format!("{name} offers {offered} only, which this program does not speak"))
        }
        407 if proxy.user().is_some() => TransportError::ProxyAuth(format!("{name} refused the credentials")),
        407 => TransportError::ProxyAuth(format!("{name} wants credentials")),
        400..=499 => TransportError::Proxy(answered),
        200..=299 => TransportError::Unreachable(format!("the proxy {name} opened no tunnel at first")),
        _ => TransportError::Unreachable(answered),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_proxies() {
        let open: Proxy = "http://proxy:3128".parse().unwrap();
        let known: Proxy = "http://me:geheim@proxy:3128".parse().unwrap();
        let unreachable = |words: &str| TransportError::Unreachable(words.to_owned());
        let stops = |words: &str| TransportError::Proxy(words.to_owned());
        let auth = |words: &str| TransportError::ProxyAuth(words.to_owned());
        let cases = [
            ("HTTP/1.1 403 Forbidden\r\n\r\n", &open, stops("the proxy proxy:3128 answered 403 to CONNECT host:443")),
            (
                "HTTP/1.0 502 Bad Gateway\r\n\r\n",
                &open,
                unreachable("the proxy proxy:3128 answered 502 to CONNECT host:443"),
            ),
            ("HTTP/1.1 407 x\r\nProxy-Authenticate: Basic realm=x\r\n", &open, auth("proxy:3128 wants credentials")),
            (
                "HTTP/1.1 407 x\r\nProxy-Authenticate: Basic realm=x\r\n",
                &known,
                auth("proxy:3128 refused the credentials"),
            ),
            (
                "HTTP/1.1 407 x\r\nproxy-authenticate: NTLM\r\n",
                &known,
                auth("proxy:3128 offers NTLM only, which this program does not speak"),
            ),
            ("SSH-2.0-x\r\n", &open, stops("proxy:3128 does not answer as a proxy")),
            ("", &open, stops("proxy:3128 does not answer as a proxy")),
        ];
        for (head, proxy, expected) in cases {
            assert_eq!(meaning(head, proxy, "host:443"), expected, "{head:?}");
        }
    }

    #[test]
    fn exceptions() {
        let endpoint: Endpoint = "https://api.v7.express-chat.com/inbox/users/import".parse().unwrap();
        let cases = [
            ("", false),
            ("example.com", false),
            ("express-chat.com", true),
            (".express-chat.com", true),
            ("localhost, api.v7.express-chat.com", true),
            ("*", true),
        ];
        for (value, expected) in cases {
            assert_eq!(is_exception(value, &endpoint), expected, "{value:?}");
        }
    }
}
