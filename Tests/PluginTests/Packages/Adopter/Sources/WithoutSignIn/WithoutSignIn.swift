/// A target that lacks what its schema needs.
enum WithoutSignIn {}
