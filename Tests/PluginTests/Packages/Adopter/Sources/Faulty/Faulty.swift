// The schemas beside this file are what is tested.
