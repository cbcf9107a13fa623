// The pages of the navigation: name, title, and the key that follows g.
export const pages = [
  ['overview', 'Overview', 'o'],
  ['tasks', 'Tasks', 't'],
  ['dead-letters', 'Dead letters', 'd'],
  ['queues', 'Queues', 'q'],
  ['workers', 'Workers', 'w'],
  ['schedules', 'Schedules', 's'],
  ['audit', 'Audit', 'a'],
];
