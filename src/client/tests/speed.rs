//! What the sending side costs.

use super::*;

/// A server that answers at once and looks at nothing.
struct Instantly;

impl Transport for Instantly {
    async fn post(&self, _: Request) -> Result<Reply, TransportError> {
        Ok(Reply { status: 200, body: Bytes::from_static(br#"{"status":"success"}"#), ..Reply::default() })
    }
}

#[test]
#[ignore = "measures; run with --release --ignored --nocapture"]
fn a_million_contacts_cost_the_sending_side_little() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    for batch in [100, 1_000] {
        let took = runtime.block_on(async {
            let (parcels_in, parcels) = mpsc::channel(4);
            let (events_in, mut events) = mpsc::channel(64);
            let options = Options { limits: Limits { bytes: 1_000_000, ..small(batch).limits }, ..options() };
            let began = std::time::Instant::now();
            let engine =
                tokio::spawn(async move { deliver(Instantly, &options, parcels, events_in, Stop::default()).await });
            let contact = [b'x'; 250];
            let full = {
                let mut builder = ParcelBuilder::default();
                (0..256).for_each(|record| builder.contact(record, |bytes| bytes.extend_from_slice(&contact)));
                builder.take()
            };
            tokio::spawn(async move {
                for round in 0..1_000_000 / 256 {
                    let items = full.items.iter().map(|(record, end)| (round * 256 + record + 1, *end)).collect();
                    let parcel = crate::batch::Parcel { bytes: full.bytes.clone(), items, accepted_before: false };
                    parcels_in.send(Arc::new(parcel)).await.unwrap();
                }
            });
            let mut count = 0_u64;
            while let Some(event) = events.recv().await {
                if let Event::Settled(settlement) = event {
                    count += settlement.counts()[crate::outcome::RowStatus::Accepted];
                }
            }
            engine.await.unwrap().unwrap();
            assert_eq!(count, 999_936);
            began.elapsed()
        });
        println!("batches of {batch}: {took:?}");
    }
}

#[tokio::test(start_paused = true)]
#[ignore = "prints figures; run with --ignored --nocapture"]
async fn what_faults_cost() {
    for count in [1, 37] {
        let poison: BTreeSet<u64> = (1..=count).map(|n| n * (10_000 / (count + 1))).collect();
        let ran = run(10_000, options(), move |seen| match seen.records.iter().any(|record| poison.contains(record)) {
            true => refused(),
            false => fine(),
        })
        .await;
        println!("{count} poisoned in 10,000: {} requests beyond 100", ran.seen.len() - 100);
    }
    let ran = run(200_000, options(), |seen| if seen.in_flight > 6 { reply(503, "") } else { fine() }).await;
    println!("503 above six at once: {:?}, {:?}", ran.requests(), ran.took);
    // Twenty requests a second are taken, the others told to come back in a second.
    let taken = Mutex::new((Instant::now(), 0));
    let ran = run(200_000, options(), move |seen| {
        let mut taken = taken.lock().unwrap();
        if seen.at - taken.0 >= SECOND {
            *taken = (seen.at, 0);
        }
        taken.1 += 1;
        if taken.1 > 20 { busy(1) } else { fine() }
    })
    .await;
    println!("429 above twenty a second: {:?}, {:?}", ran.requests(), ran.took);
    let ran = run(10_000, options(), |seen| if seen.number >= 20 { reply(401, "") } else { fine() }).await;
    println!("401 at request 20: {} requests, ends after {:?}", ran.seen.len(), ran.took);
    let ran = run(100_000, options(), |_| refused()).await;
    println!("everything refused: {} requests", ran.seen.len());
    let ran = run(100_000, options(), |_| if fastrand::f64() < 0.3 { reply(500, "") } else { fine() }).await;
    println!("30 % random 500: {:?}, {:?}", ran.requests(), ran.took);
    let ran = run(100_000, options(), |_| fine()).await;
    println!("undisturbed: {:?}", ran.took);
}
