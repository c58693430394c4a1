//! A node that changes too often for Netdata to notify anything of it.

use alert::{Condition, Source};

use super::world::{CLEARED, RAISED, World, id};

#[tokio::test]
async fn a_raise_and_a_clear_inside_a_flood_are_both_there_and_the_flood_is_an_alert_until_it_is_over() {
    let world = World::new().await;
    for number in 0..40 {
        let change = if number % 2 == 0 { RAISED } else { CLEARED };
        let at = world.ago(1200 - 20 * i64::try_from(number).unwrap());
        // Netdata stops to notify with the thirtieth.
        if number < 29 {
            world.cloud().transition(&id(number), at, "used_swap", change);
        } else {
            world.cloud().unnotified(&id(number), at, "used_swap", change);
        }
    }
    world.cloud().unnotified(&id(40), world.ago(200), "load_average", RAISED);
    world.cloud().unnotified(&id(41), world.ago(100), "ram_in_use", RAISED);
    world.cloud().unnotified(&id(42), world.ago(50), "ram_in_use", CLEARED);
    let changes = world.care().await.0;
    assert_eq!((changes.recorded, changes.unannounced, changes.waiting, changes.flooding), (43, 0, 0, 1));
    assert_eq!(world.entries().await.len(), 43);
    let [flood] = world.alerts_of(Source::Campanile).await.try_into().unwrap();
    assert_eq!((flood.condition, flood.labels["alertname"].as_str()), (Condition::Firing, "netdata_flood"));
    assert_eq!(flood.labels["instance"], "web-01.example.net");
    assert!(flood.summary.unwrap().starts_with("43 alerts of web-01.example.net changed within an hour"));

    world.clock.advance(300);
    world.care().await;
    Box::pin(world.another_keeper().run()).await.unwrap();
    let [flood] = world.alerts_of(Source::Campanile).await.try_into().unwrap();
    assert_eq!((flood.condition, flood.occurrences), (Condition::Firing, 1), "it is reported once");

    world.clock.advance(3600);
    let fresh = World { keeper: world.another_keeper(), ..world };
    assert_eq!(fresh.care().await.0.flooding, 0);
    let [flood] = fresh.alerts_of(Source::Campanile).await.try_into().unwrap();
    assert_eq!(flood.condition, Condition::Resolved);
}
