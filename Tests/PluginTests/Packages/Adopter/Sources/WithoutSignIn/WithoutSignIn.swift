/// A target without CountersignOIDC, which its schema requires.
enum WithoutSignIn {}
