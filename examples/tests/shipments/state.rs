//! The states of a shipment, as the table in the module's documentation draws them.

use shipments::shipment::State::{self, *};

/// The states that may follow.
fn next(state: State) -> Vec<State> {
    State::ALL.into_iter().filter(|&next| state.may_become(next)).collect()
}

#[async_harness::test]
#[case::a_draft_is_priced_or_dropped(Draft, &[Priced, Cancelled])]
#[case::what_is_priced_can_be_priced_again(Priced, &[Priced, Purchasing, Cancelled])]
#[case::a_purchase_succeeds_or_is_undone(Purchasing, &[Priced, Purchased])]
#[case::a_carrier_may_miss_every_scan_but_the_last(Purchased, &[InTransit, Delivered, Returned, Cancelled])]
#[case::what_is_under_way_cannot_be_cancelled(InTransit, &[Delivered, Returned])]
#[case::what_was_delivered_may_still_come_back(Delivered, &[Returned])]
#[case::what_came_back_stays(Returned, &[])]
#[case::what_was_dropped_stays_so(Cancelled, &[])]
fn a_state_is_followed_by(#[case] state: State, #[case] following: &[State]) {
    assert_eq!(next(state), following);
}

#[async_harness::test]
fn only_returned_and_cancelled_are_final() {
    let last: Vec<State> = State::ALL.into_iter().filter(|state| state.is_final()).collect();
    assert_eq!(last, [Returned, Cancelled]);
}

#[async_harness::test]
fn every_state_can_be_reached_from_a_draft() {
    let mut reached = vec![Draft];
    let mut at = 0;
    while at < reached.len() {
        let new = next(reached[at]).into_iter().filter(|state| !reached.contains(state)).collect::<Vec<_>>();
        reached.extend(new);
        at += 1;
    }
    assert_eq!(reached.len(), State::ALL.len());
}

#[async_harness::test]
fn a_wrong_step_is_told_from_both_ends() {
    let error = Delivered.becomes(Cancelled).unwrap_err();
    assert_eq!(error.to_string(), "a shipment that is delivered cannot become cancelled");
}

#[async_harness::test]
fn a_state_is_known_by_its_name(
    #[values(Draft, Priced, Purchasing, Purchased, InTransit, Delivered, Returned, Cancelled)] state: State,
) -> anyhow::Result<()> {
    assert_eq!(state.name().parse::<State>()?, state);
    assert_eq!(serde_json::to_value(state)?, state.name());
    Ok(())
}

#[async_harness::test]
fn a_name_of_no_state_is_an_error() {
    assert_eq!("lost".parse::<State>().unwrap_err().to_string(), "no such state: \"lost\"");
}
