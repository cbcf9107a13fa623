// What pages know about schedules.
import { at } from './api.js';
import { ago, inZone } from './time.js';

export const pathOf = (name, act = '') => at`/schedules/${name}` + act;

export const misfires = {
  fire_once: 'One run for all of them',
  skip: 'None of them runs',
  fire_all: 'Each of them runs',
};

/** "in 4 min, at 2026-11-30 02:30 +01:00": in the zone of the schedule, as its page has it. */
export const when = (due, zone) => (due ? `${ago(due)}, at ${inZone(due, zone)}` : 'never');

/** Whether the caller may not see its message. */
export const isHidden = schedule => schedule !== null && (schedule.message === null || schedule.message === undefined);
