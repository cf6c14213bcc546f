import { describe, expect, it } from '@jest/globals';
import { causeNames, setRouteSchema, webhookUrlSchema } from './index.js';

const refusal = (url: string): string | undefined => webhookUrlSchema.safeParse(url).error?.issues[0]?.message;

describe('the URL of a route', () => {
  it.each([
    'https://hooks.example/services/T0/B0/x',
    'http://127.0.0.1:9093/api/v2/alerts',
    'http://[::1]:9/',
    'http://localhost/',
    'https://10.0.0.7/hook',
  ])('may be %s', (url) => expect(refusal(url)).toBeUndefined());

  it.each([
    ['http://hooks.example/', /^must begin with https:\/\/; http is for this machine only/],
    ['http://127.0.0.1.example/', /^must begin with https/],
    ['ftp://hooks.example/', /^must begin with https/],
    ['file:///etc/passwd', /^must begin with https/],
    ['hooks.example', /^is not a URL/],
    ['https://user:pw@hooks.example/', /user or password/],
    ['https://hooks.example/#part', /after #/],
    ['https://169.254.169.254/latest', /link-local/],
    ['https://[fe80::1]/', /link-local/],
    ['https://0.0.0.0/', /unspecified/],
  ])('must not be %s', (url, message) => expect(refusal(url)).toMatch(message));

  it('is not repeated in what is said of it', () => {
    expect(refusal('http://hooks.example/services/secret')).not.toContain('secret');
  });
});

describe('a route', () => {
  it('is told of everything unless something is named, in one order', () => {
    expect(setRouteSchema.parse({ format: 'slack' })).toEqual({
      ...{ format: 'slack', causes: [...causeNames], selector: '*', groupBy: 'rack' },
    });
    expect(setRouteSchema.parse({ format: 'json', causes: ['noise', 'regression'] }).causes).toEqual([
      'regression',
      'noise',
    ]);
  });

  it('names what there is instead of a cause or format that there is not', () => {
    const { error } = setRouteSchema.safeParse({ format: 'teams', causes: ['silent'], selector: 'rack=' });
    expect(error?.issues.map(({ path, message }) => [path[0], message])).toEqual([
      ['format', 'there is no format "teams"; there are slack, alertmanager, json'],
      ['causes', expect.stringMatching(/^there is no cause "silent"; there are regression, known-change, host-silent/)],
      ['selector', expect.stringContaining('rack=')],
    ]);
  });
});
