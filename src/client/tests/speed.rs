//! What the sending side costs.

use super::*;

/// A server that answers at once and looks at nothing.
struct Instantly;

impl Transport for Instantly {
    async fn post(&self, _: Request) -> Result<Reply, Fault> {
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
                    parcels_in.send(Arc::new(crate::batch::Parcel { bytes: full.bytes.clone(), items })).await.unwrap();
                }
            });
            let mut count = 0_u64;
            while let Some(event) = events.recv().await {
                if let Event::Settled(settlement) = event {
                    count += crate::event::settled(&settlement)[0];
                }
            }
            engine.await.unwrap().unwrap();
            assert_eq!(count, 999_936);
            began.elapsed()
        });
        println!("batches of {batch}: {took:?}");
    }
}
