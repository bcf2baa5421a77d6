// Tabs are white space, and so are blank lines.
// exit: 9

	int	main	(	void	)
	{

		return	9	;
	}
