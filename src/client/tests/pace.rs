//! Stories about servers that take so many requests and no more.

use super::*;

/// A server that takes one request each `every`, and `burst` at once after a pause; `act` is what it says to others.
fn limiter(every: Duration, burst: u32, takes: Duration, act: Act) -> impl Fn(&Seen) -> Act + Send + Sync {
    let full_at = Mutex::new(Instant::now());
    move |seen| {
        let mut full_at = full_at.lock().unwrap();
        if *full_at > seen.at + every * (burst - 1) {
            return Act { takes, ..act.clone() };
        }
        *full_at = (*full_at).max(seen.at) + every;
        Act { takes, ..fine() }
    }
}

/// A server that takes so many requests in a period that begins with the first of them.
fn counter(most: u32, period: Duration, act: Act) -> impl Fn(&Seen) -> Act + Send + Sync {
    let taken = Mutex::new((Instant::now(), 0));
    move |seen| {
        let mut taken = taken.lock().unwrap();
        if seen.at - taken.0 >= period {
            *taken = (seen.at, 0);
        }
        taken.1 += 1;
        let takes = Duration::from_millis(3);
        if taken.1 > most { Act { takes, ..act.clone() } } else { Act { takes, ..fine() } }
    }
}

fn assert_paced(ran: &Ran, records: u64, ideal: Duration, most: f64) {
    assert_paced_within(ran, records, ideal, most, 20);
}

/// `share` is how many requests may be turned away, in hundredths.
fn assert_paced_within(ran: &Ran, records: u64, ideal: Duration, most: f64, share: u64) {
    ran.all_accepted(records);
    let Requests { sent, throttled, .. } = ran.requests();
    let told = format!("{:?} for {ideal:?}, {throttled} of {sent} throttled", ran.took);
    assert!(ran.took <= ideal.mul_f64(most) && throttled * 100 <= sent * share, "{told}");
}

#[tokio::test(start_paused = true)]
async fn the_pace_of_a_limiter_that_names_no_time_is_learnt() {
    for status in [429, 503] {
        for takes in [1, 20, 150] {
            let script = limiter(SECOND / 5, 1, Duration::from_millis(takes), reply(status, ""));
            let ran = run(20_000, options(), script).await;
            assert_paced(&ran, 20_000, 40 * SECOND, 1.3);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_pace_of_other_limiters_is_learnt_too() {
    for (every, burst, records, ideal) in [(50, 20, 60_000, 30), (1_000, 5, 12_000, 115), (500, 8, 20_000, 96)] {
        let script = limiter(Duration::from_millis(every), burst, Duration::from_millis(5), reply(429, ""));
        let ran = run(records, options(), script).await;
        assert_paced(&ran, records, ideal * SECOND, 1.4);
    }
    for (most, period, records, ideal) in [(8, 4, 20_000, 96), (15, 60, 6_000, 180)] {
        let ran = run(records, options(), counter(most, period * SECOND, reply(429, ""))).await;
        assert_paced_within(&ran, records, ideal * SECOND, 1.7, 35);
    }
}

#[tokio::test(start_paused = true)]
async fn a_limiter_with_few_attempts_loses_nothing() {
    let options = Options { policy: Policy { attempts: 1, ..Policy::default() }, ..options() };
    let ran = run(5_000, options, limiter(SECOND / 2, 1, Duration::from_millis(1), reply(429, ""))).await;
    ran.all_accepted(5_000);
}

#[tokio::test(start_paused = true)]
async fn a_fixed_number_at_once_keeps_the_pace_too() {
    let options = Options { concurrency: Concurrency::Fixed(NonZeroUsize::new(8).unwrap()), ..options() };
    let ran = run(20_000, options, limiter(SECOND / 5, 1, Duration::from_millis(20), reply(503, ""))).await;
    assert_paced(&ran, 20_000, 40 * SECOND, 1.4);
}

#[tokio::test(start_paused = true)]
async fn a_named_wait_is_kept_and_the_pace_learnt_from_it() {
    let ran = run(10_000, options(), limiter(SECOND / 5, 1, Duration::from_millis(20), busy(1))).await;
    assert_paced(&ran, 10_000, 20 * SECOND, 2.5);
}

#[tokio::test(start_paused = true)]
async fn an_outage_told_as_busy_is_soon_over() {
    let began = Instant::now();
    let down = move |seen: &Seen| (5 * SECOND..35 * SECOND).contains(&(seen.at - began));
    let ran = run(40_000, options(), move |seen| if down(seen) { reply(503, "") } else { fine() }).await;
    ran.all_accepted(40_000);
    assert!(ran.took < 90 * SECOND, "{:?}", ran.took);
}

#[tokio::test(start_paused = true)]
async fn connections_that_break_above_two_at_once_narrow_the_window() {
    for concurrency in [Concurrency::Auto, Concurrency::Fixed(NonZeroUsize::new(8).unwrap())] {
        let ran = run(20_000, Options { concurrency, ..options() }, |seen| match seen.in_flight > 2 {
            true => fault(TransportError::Lost("reset".into())),
            false => fine(),
        })
        .await;
        ran.all_accepted(20_000);
    }
}
