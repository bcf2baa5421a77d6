pub fn starter_languages() {}
