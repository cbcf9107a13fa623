// Icons of 16 units, in strokes of the current colour: icon('pause'). They are decoration; a word stands beside each.
import { svg } from './dom.js';

const paths = {
  overview: 'M2 9h3l2-6 3 10 2-4h2',
  tasks: 'M6 4h8M6 8h8M6 12h8M2.5 4h.1M2.5 8h.1M2.5 12h.1',
  'dead-letters': 'M2 4h12v8.5H2zM2 4.5l6 4.5 6-4.5',
  queues: 'M2 3.5h12v3H2zM2 9.5h12v3H2z',
  workers: 'M4 4h8v8H4zM6.5 1.5V4m3-2.5V4m-3 8v2.5m3-2.5v2.5M1.5 6.5H4m-2.5 3H4m8-3h2.5M12 9.5h2.5',
  schedules: 'M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM8 4.5V8l2.5 1.8',
  audit: 'M3.5 1.8h6l3 3v9.4h-9zM9.3 2v3h3M5.8 8h4.4M5.8 11h4.4',
  queued: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11z',
  running: 'M8 2.5a5.5 5.5 0 1 1-5.5 5.5M6.5 5.5v5L10.5 8z',
  retrying: 'M13 8a5 5 0 1 1-1.6-3.7M13 2v3h-3',
  succeeded: 'M3 8.5l3.3 3.3L13 5',
  failed: 'M4 4l8 8m0-8l-8 8',
  scheduled: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM8 5v3l2 1.5',
  waiting: 'M3.5 8h.1M8 8h.1M12.5 8h.1',
  blocked: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM5 8h6',
  cancelled: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM4.2 11.8l7.6-7.6',
  pause: 'M5.5 3.5v9m5-9v9',
  resume: 'M5 3l8 5-8 5z',
  warning: 'M8 2.2L14.5 13.5h-13zM8 6.5v3.2M8 11.6v.1',
  critical: 'M5.3 1.8h5.4l3.5 3.5v5.4l-3.5 3.5H5.3l-3.5-3.5V5.3zM8 5v3.5M8 11v.1',
  info: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 7.5V11M8 5v.1',
  copy: 'M5.5 5.5h8v8h-8zM3.5 10.5h-1v-8h8v1',
  more: 'M3.5 8h.1M8 8h.1M12.5 8h.1',
  menu: 'M2 4h12M2 8h12M2 12h12',
  close: 'M4 4l8 8m0-8l-8 8',
  right: 'M6 3.5L10.5 8 6 12.5',
  down: 'M3.5 6L8 10.5 12.5 6',
  sun: 'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1.1 1.1M11.9 11.9L13 13M3 13l1.1-1.1M11.9 4.1L13 3',
  moon: 'M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z',
  system: 'M2 3h12v8H2zM5.5 14h5M8 11v3',
  user: 'M8 2.5a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.4zM2.8 13.8c.6-2.6 2.6-3.8 5.2-3.8s4.6 1.2 5.2 3.8',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.5 10.5L14 14',
  add: 'M8 3v10M3 8h10',
  trash: 'M2.5 4h11M6 4V2.5h4V4M4 4l.7 9.5h6.6L12 4',
  edit: 'M3 13l.6-3L10.5 3l2.5 2.5-7 7z',
  external: 'M9 2.5h4.5V7M13.5 2.5L7.5 8.5M11.5 9v4.5h-9v-9H7',
};

export const icon = name =>
  svg(
    'svg',
    { class: `icon icon-${name}`, viewBox: '0 0 16 16', 'aria-hidden': 'true', focusable: 'false' },
    svg('path', { d: paths[name] ?? paths.queued }),
  );
