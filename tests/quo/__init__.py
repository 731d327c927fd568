import quo_admin
