// Before each test file of `make seccomp-profile`: whatever starts the command starts it by this.
process.execPath = process.env.SCANWARD_STAND_IN;
