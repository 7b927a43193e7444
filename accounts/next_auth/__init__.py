"""What next-auth 4, which the mentor contract's front end is made with, expects of a server. Pure, no database.

`jwe`: the encrypted token, `claims`: what it says, `cookies`: under which names a browser keeps it, `csrf`: the proof
that a form is our own.
"""
