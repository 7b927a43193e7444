"""`opening`: tickets and emergencies, `talking`: what is said, `handling`: what is done about them, `passing`: what
time does to them, `feedback`: what people think of it. The rest is shared by these.
"""
