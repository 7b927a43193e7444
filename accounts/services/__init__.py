"""Everything that may happen to an account, by subject.

`registration`: new accounts, `sign_in`: passwords and lock-out, `tokens`: what signed-in devices hold,
`recovery`: verification and passwords, `profile`: one's own data, `moderation`: what admins do to others,
`mail`: the mails of all that.
"""
