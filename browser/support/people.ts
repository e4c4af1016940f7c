// The demo's people: the establishment of the stories, and the centre.
export const APPLICANT = 'yamada';
export const ADMINISTRATOR = 'sato';
export const VIEWER = 'suzuki';
export const EXAMINER = 'kobayashi';
export const COLLEAGUE = 'kato';
export const SUPERVISOR = 'yoshida';

// Where the applicant and the administrator get their mail.
export const APPLICANT_MAIL = 'yamada@nac.example';
export const ADMINISTRATOR_MAIL = 'sato@nac.example';

// PASSWORD is everybody's in the demo.
export const PASSWORD = 'hanami-to-momiji';
