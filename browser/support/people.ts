// The demo's people: the establishment of the stories, and the centre.
export const APPLICANT = 'yamada';
export const ADMINISTRATOR = 'sato';
export const VIEWER = 'suzuki';
export const EXAMINER = 'kobayashi';
export const COLLEAGUE = 'kato';
export const SUPERVISOR = 'yoshida';

// Another establishment of the same company, with codes from before, and another company, whose second
// administrator has an address to which nothing can be delivered.
export const OSAKA = 'tanaka';
export const OSAKA_ADMINISTRATOR = 'ito';
export const YOKOHAMA = 'watanabe';
export const UNREACHABLE_MAIL = 'ogawa@bounce.example';

// Where the applicant and the administrator get their mail.
export const APPLICANT_MAIL = 'yamada@nac.example';
export const ADMINISTRATOR_MAIL = 'sato@nac.example';

// PASSWORD is everybody's in the demo.
export const PASSWORD = 'hanami-to-momiji';
