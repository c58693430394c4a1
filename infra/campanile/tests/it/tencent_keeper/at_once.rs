//! Runs beside each other, and runs that are killed.

use std::time::Duration;

use alert::Condition;

use super::cases::World;

/// So many callbacks that did not arrive, of alarms of their own, half of which are over.
const LOST: usize = 40;

fn lose(world: &World) {
    for number in 0..LOST {
        let instance = format!("ins-{number:08}");
        world.sent("notice-1", &world.callback_of(&instance, "1", 0), 0);
        if number % 2 == 0 {
            world.sent("notice-1", &world.callback_of(&instance, "0", 600), 600);
        }
    }
}

async fn assert_all_are_there_once(world: &World) {
    assert_eq!(world.entries().await.len(), LOST + LOST / 2);
    let alerts = world.alerts().await;
    let firing = alerts.iter().filter(|alert| alert.condition == Condition::Firing).count();
    assert_eq!((alerts.len(), firing), (LOST, LOST / 2));
}

#[tokio::test]
async fn keepers_at_once_and_after_each_other_record_each_callback_once() {
    let world = World::new().await;
    lose(&world);
    let others = [world.another_keeper(), world.another_keeper()];
    let (one, two, three) =
        tokio::join!(Box::pin(world.keeper.run()), Box::pin(others[0].run()), Box::pin(others[1].run()));
    for run in [one, two, three] {
        run.unwrap();
    }
    assert_all_are_there_once(&world).await;
    world.care().await;
    assert_all_are_there_once(&world).await;
}

#[tokio::test]
async fn a_run_that_is_killed_anywhere_is_made_good_by_the_next_one() {
    let world = World::new().await;
    lose(&world);
    let mut counts = Vec::new();
    for milliseconds in [5, 20, 40, 60, 90, 120] {
        let killed = world.another_keeper();
        let _ = tokio::time::timeout(Duration::from_millis(milliseconds), Box::pin(killed.run())).await;
        counts.push(world.entries().await.len());
    }
    assert!(counts.iter().any(|count| *count < LOST + LOST / 2), "none was killed at work: {counts:?}");
    world.care().await;
    assert_all_are_there_once(&world).await;
}
